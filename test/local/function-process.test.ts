import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SQSEvent } from 'aws-lambda';
import { expect, it, onTestFinished } from 'vitest';
import { toolEnvironment } from '../../local/clean-environment.ts';
import { startFunction } from '../../local/function-process.ts';
import { createProcesses } from '../../local/processes.ts';

const EVENT: SQSEvent = { Records: [] };

async function start(handlerBody: string) {
  const code = await mkdtemp(join(tmpdir(), 'token-refresher-function-'));
  const processes = createProcesses(new AbortController().signal);
  onTestFinished(async () => {
    await processes.end();
    await rm(code, { recursive: true });
  });
  await writeFile(join(code, 'index.mjs'), `export async function handler(event) { ${handlerBody} }`);
  return startFunction({ processes, code, env: toolEnvironment(code) });
}

it('answers what the handler returns', async () => {
  const refresher = await start(`return { batchItemFailures: [], records: event.Records.length };`);
  expect(await refresher.invoke(EVENT)).toEqual({ batchItemFailures: [], records: 0 });
});

it('fails as the handler fails', async () => {
  const refresher = await start(`throw new TypeError('broken');`);
  await expect(refresher.invoke(EVENT)).rejects.toThrow('TypeError: broken');
});

it('fails when the process ends, and says what it wrote', async () => {
  const refresher = await start(`console.log('last words'); process.exit(3);`);
  await expect(refresher.invoke(EVENT)).rejects.toThrow(/ended with 3:\nlast words/);
});

it('has warnings in its log, too, which go to stderr', async () => {
  const refresher = await start(`console.log('one'); console.warn('two'); return { batchItemFailures: [] };`);
  await refresher.invoke(EVENT);
  const lines: string[] = [];
  await expect.poll(() => lines.push(...refresher.newLogLines())).toBe(2);
  expect(lines.toSorted()).toEqual(['one', 'two']);
});
