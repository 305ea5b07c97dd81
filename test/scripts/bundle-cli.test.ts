import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { startMemoryAws } from '../../fakes/memory-aws/server.ts';
import { bundleCli } from '../../scripts/bundle-cli.ts';
import { deploy } from '../cli/cli-stage.ts';
import { environmentOf } from '../cli/terminal.ts';

const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);

/** As the package brings it: only what it depends on is beside it. */
function bundled(): string {
  const folder = mkdtempSync(join(tmpdir(), 'token-refresher-bundle-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  bundleCli(join(folder, 'dist'));
  return join(folder, 'dist/main.mjs');
}

it('the bundled command line runs: its help, and a table read from AWS', async () => {
  const main = bundled();
  const aws = await startMemoryAws();
  onTestFinished(aws.close);
  aws.queues.create('requests.fifo');
  aws.queues.create('dead-letters.fifo');
  deploy(aws, [{ token: 'crm' }]);
  const env = { ...environmentOf(aws), npm_lifecycle_event: '' };
  const help = await run(process.execPath, [main, '--help'], { env });
  expect(help.stdout).toContain('npx --no token-refresher status sandbox');
  const looked = await run(process.execPath, [main, 'status', 'sandbox'], { env }).catch((error) => error);
  expect(looked.stderr).toContain('instead of AWS, account 000000000000');
  expect(looked.stdout).toMatch(/^crm +no token/m);
  expect(looked.code).toBe(1);
});
