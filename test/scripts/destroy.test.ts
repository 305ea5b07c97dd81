import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { awsEnvironment, toolEnvironment } from '../../local/clean-environment.ts';
import { startMemoryAws } from '../../local/memory-aws/server.ts';

const ROOT = join(import.meta.dirname, '../..');

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const ENVIRONMENTS = `export const environments = [
  { name: 'sandbox', tokens: [] },
  { name: 'production', production: true, tokens: [{ name: 'payments-api' }] },
];`;

/** What the command needs of this project, whose `environments.ts` is the user's. */
function copyProject(folder: string): void {
  for (const name of ['package.json', 'lib', 'scripts']) {
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'environments.ts'), ENVIRONMENTS);
}

/** `npm run destroy`, with an AWS that holds no stack and no secret. */
async function destroy(...args: string[]): Promise<Run & { readonly asked: readonly string[] }> {
  const aws = await startMemoryAws();
  onTestFinished(aws.close);
  const folder = mkdtempSync(join(tmpdir(), 'token-refresher-destroy-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  copyProject(folder);
  const env = { ...toolEnvironment(folder), ...awsEnvironment(aws.endpoint) };
  const run = await new Promise<Run>((resolve) => {
    const options = { cwd: folder, env, timeout: 30_000 };
    const child = execFile(process.execPath, ['scripts/destroy.ts', ...args], options, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
  return { ...run, asked: aws.requests.map(({ operation }) => operation) };
}

const USAGE = 'npm run destroy -- sandbox|production [options of cdk destroy]\n';

it.each([
  { what: 'no environment', args: [] },
  { what: 'an unknown environment', args: ['staging'] },
  { what: 'an option in its place', args: ['--force', 'production'] },
])('destroys nothing and says how it is used, given $what', async ({ args }) => {
  expect(await destroy(...args)).toEqual({ code: 1, stdout: '', stderr: USAGE, asked: [] });
});

it('says how it is used when asked', async () => {
  expect(await destroy('production', '--help')).toEqual({ code: 0, stdout: USAGE, stderr: '', asked: [] });
});

it.each([[['--profile', 'other']], [['--profile=other']]])(
  'does not look with other credentials than it destroys with: %s',
  async (profile) => {
    const { code, stderr, asked } = await destroy('production', '--force', ...profile);
    expect({ code, asked }).toEqual({ code: 1, asked: [] });
    expect(stderr).toContain('AWS_PROFILE');
  },
);

it('destroys nothing of production when a secret is not found: account or Region may be wrong', async () => {
  const { code, stdout, stderr, asked } = await destroy('production', '--force');
  expect({ code, stdout, asked }).toEqual({ code: 1, stdout: '', asked: ['DescribeSecret'] });
  expect(stderr).toMatch(
    /^Nothing was destroyed: in us-east-1, .* no secret\n {2}token-refresher\/production\//,
  );
  expect(stderr).toContain('npx cdk destroy TokenRefresher-production');
});
