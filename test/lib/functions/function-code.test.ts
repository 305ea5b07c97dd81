import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FUNCTION_ENV, type FunctionSettings } from '../../../contract/function-settings.ts';
import { defaultTokenApi } from '../../../contract/token-api.ts';
import { functionBundle } from '../../../lib/functions/function-bundles.ts';
import { bundleFunction } from '../../../lib/functions/function-code.ts';
import { firstLoaded, kibOf } from '../../../scripts/first-loaded.ts';
import { inRealApp, payments, resourceOf, stackOf } from '../synth.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'token-refresher-test-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const settingsIn = (path: string): unknown => JSON.parse(readFileSync(join(path, 'settings.json'), 'utf8'));

it('the function is bundled into a small module that exports the handler, with its settings beside it', () => {
  const settings: FunctionSettings = { formatVersion: 2, environment: 'sandbox', tokens: {} };
  bundleFunction(directory, settings);
  expect(readFileSync(join(directory, 'index.mjs'), 'utf8')).toMatch(/export\{[\w$]+ as handler\};?\s*$/);
  expect(settingsIn(directory)).toEqual(settings);
});

it('the function loads what signs, and the client of the queue, when they are needed', () => {
  const files = functionBundle('refresher');
  const first = firstLoaded(files);
  const holding = (mark: string) =>
    [...files].filter(([, code]) => Buffer.from(code).includes(mark)).map(([name]) => name);
  for (const mark of ['setProtectedHeader', 'com.amazonaws.sqs']) {
    expect(holding(mark)).toHaveLength(1);
    expect(holding(mark).filter((name) => first.has(name))).toEqual([]);
  }
  expect(kibOf(files, first)).toBeLessThanOrEqual(350);
  expect(kibOf(files)).toBeLessThanOrEqual(560);
});

it('a cold start loads neither undici nor HTTP/2', () => {
  bundleFunction(directory, { formatVersion: 2, environment: 'sandbox', tokens: {} });
  const program = `
    await import(process.argv[1]);
    console.log(process.moduleLoadList.join(' '));`;
  const env = {
    AWS_REGION: 'us-east-1',
    [FUNCTION_ENV.queueUrl]: 'https://sqs.us-east-1.amazonaws.com/111122223333/requests.fifo',
    [FUNCTION_ENV.deadLetterQueueUrl]: 'https://sqs.us-east-1.amazonaws.com/111122223333/dead-letters.fifo',
  };
  const args = ['--input-type=module', '--eval', program, join(directory, 'index.mjs')];
  const loaded = execFileSync(process.execPath, args, { env, encoding: 'utf8' });
  expect(loaded).toContain('NativeModule https');
  expect(loaded).not.toMatch(/undici|http2/);
});

it('the function is the same wherever the app is started', () => {
  const program = `
    const { bundle } = await import(process.argv[1]);
    console.log(JSON.stringify([...bundle('handler.ts').keys()]));`;
  const module = join(import.meta.dirname, '../../../lib/functions/bundle.ts');
  const args = ['--input-type=module', '--eval', program, module];
  const elsewhere = execFileSync(process.execPath, args, { cwd: directory, encoding: 'utf8' });
  expect(JSON.parse(elsewhere)).toEqual([...functionBundle('refresher').keys()]);
});

it('two environments of one app have each their own settings, tokens added late included', () => {
  const [sandbox, production] = inRealApp((app) => {
    const stacks = [stackOf({ name: 'sandbox' }, app), stackOf({ name: 'production' }, app)] as const;
    stacks[1].refresher.addToken('orders-api', { baseUrl: 'https://orders.example.com/' });
    return stacks.map((stack) => deployedSettings(stack, app.outdir));
  });
  const token = (environment: string, name: string, baseUrl: string) => ({
    api: defaultTokenApi(baseUrl),
    credentialsSecretId: `token-refresher/${environment}/${name}/credentials`,
    intervalSeconds: 25 * 60,
    accessTokenLifetimeSeconds: 30 * 60,
    refreshTokenLifetimeSeconds: 7 * 24 * 60 * 60,
    credentialsMaxAgeSeconds: 90 * 24 * 60 * 60,
  });
  expect(sandbox).toEqual({
    formatVersion: 2,
    environment: 'sandbox',
    tokens: { 'payments-api': token('sandbox', 'payments-api', payments.baseUrl) },
  });
  expect(production).toEqual({
    formatVersion: 2,
    environment: 'production',
    tokens: {
      'payments-api': token('production', 'payments-api', payments.baseUrl),
      'orders-api': token('production', 'orders-api', 'https://orders.example.com'),
    },
  });
});

function deployedSettings(stack: Stack, outdir: string): unknown {
  const { Code } = resourceOf(Template.fromStack(stack), 'AWS::Lambda::Function', 'RefresherFunction')
    .Properties as {
    Code: { S3Key: string };
  };
  return settingsIn(join(outdir, `asset.${Code.S3Key.replace('.zip', '')}`));
}
