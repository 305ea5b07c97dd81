import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { FunctionSettings } from '../../../contract/function-settings.ts';
import { defaultTokenApi } from '../../../contract/token-api.ts';
import { bundleFunction } from '../../../lib/functions/function-code.ts';
import { inRealApp, payments, resourceOf, stackOf } from '../synth.ts';

const MOST_KIBIBYTES = 520;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'token-refresher-test-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const settingsIn = (path: string): unknown => JSON.parse(readFileSync(join(path, 'settings.json'), 'utf8'));

it('the function is bundled into one small module that exports the handler, with its settings beside it', () => {
  const settings: FunctionSettings = { formatVersion: 2, environment: 'sandbox', tokens: {} };
  const { bytes } = bundleFunction(directory, settings);
  expect(bytes).toBe(statSync(join(directory, 'index.mjs')).size);
  expect(bytes).toBeLessThanOrEqual(MOST_KIBIBYTES * 1024);
  expect(readFileSync(join(directory, 'index.mjs'), 'utf8')).toMatch(/export\{[\w$]+ as handler\};?\s*$/);
  expect(settingsIn(directory)).toEqual(settings);
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
