import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startMemoryAws } from '../../fakes/memory-aws/server.ts';
import { awsEnvironment, toolEnvironment } from '../../local/clean-environment.ts';

const MAIN = join(import.meta.dirname, '../../cli/main.ts');

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const ENVIRONMENTS = `export const environments = [
  { name: 'sandbox', tokens: [] },
  { name: 'production', production: true, tokens: [{ name: 'payments-api' }] },
  { name: 'adopted', production: true, tokens: [{ name: 'payments-api', credentialsSecretArn: 'of others' }] },
];`;

const KEY = 'arn:aws:kms:us-east-1:000000000000:key/99999999-12ab-34cd-56ef-1234567890ab';

/** Says only what it was asked to do. */
const CDK = `console.log('cdk ' + process.argv.slice(2).join(' '));`;

/** A KMS where the alias of `adopted` exists, if any does. */
async function startKms(exists: boolean) {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const { KeyId } = JSON.parse(Buffer.concat(await request.toArray()).toString());
    asked.push(`${String(request.headers['x-amz-target']).split('.')[1]} ${KeyId}`);
    const found = exists && KeyId === 'alias/token-refresher/adopted';
    response.writeHead(found ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(found ? { KeyMetadata: { Arn: KEY } } : { __type: 'NotFoundException' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** The command in a checkout, with an AWS that holds no stack and no secret, and perhaps the key of `adopted`. */
async function destroy(
  args: readonly string[],
  { key = false, isCheckout = true } = {},
): Promise<Run & { readonly asked: readonly string[] }> {
  const aws = await startMemoryAws();
  onTestFinished(aws.close);
  const kms = await startKms(key);
  const folder = mkdtempSync(join(tmpdir(), 'token-refresher-destroy-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  if (isCheckout) {
    mkdirSync(join(folder, 'node_modules/aws-cdk/bin'), { recursive: true });
    writeFileSync(join(folder, 'node_modules/aws-cdk/bin/cdk'), CDK);
    writeFileSync(join(folder, 'environments.ts'), ENVIRONMENTS);
  }
  const env = {
    ...toolEnvironment(folder),
    ...awsEnvironment(aws.endpoint),
    AWS_ENDPOINT_URL_KMS: kms.endpoint,
    npm_lifecycle_event: 'tokens',
  };
  const run = await new Promise<Run>((resolve) => {
    const options = { cwd: folder, env, timeout: 30_000 };
    const child = execFile(process.execPath, [MAIN, 'destroy', ...args], options, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr: stderr.replace(/^Endpoint .*\n/, '') }),
    );
  });
  const asked = aws.requests.map(({ operation }) => operation).filter((name) => name !== 'GetCallerIdentity');
  return { ...run, asked: [...asked, ...kms.asked] };
}

it.each([
  ['no environment', [], "missing required argument 'environment'"],
  [
    'an unknown environment',
    ['staging'],
    'There is no environment "staging".\nThere are sandbox, production, adopted.',
  ],
])('destroys nothing, given %s', async (_, args, message) => {
  const { stderr, ...ran } = await destroy(args);
  expect(ran).toEqual({ code: 2, stdout: '', asked: [] });
  expect(stderr).toContain(message);
});

it('destroys nothing where there is no checkout', async () => {
  const { code, stderr } = await destroy(['production'], { isCheckout: false });
  expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('npx cdk destroy') });
});

it('destroys nothing of production when a secret is not found: account or Region may be wrong', async () => {
  const { code, stdout, stderr, asked } = await destroy(['production', '--force']);
  expect({ code, stdout, asked }).toEqual({ code: 1, stdout: '', asked: ['DescribeSecret'] });
  expect(stderr).toMatch(
    /^Nothing was destroyed: in account 000000000000, us-east-1, there is nothing named\n {2}token-refresher\/production\//,
  );
  expect(stderr).toContain('npx cdk destroy TokenRefresher-production');
});

it('destroys a sandbox without more ado, and hands options on', async () => {
  const { code, stdout } = await destroy(['sandbox', '--force', '--exclusively']);
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: 'cdk destroy TokenRefresher-sandbox --force --exclusively\n',
  });
});

it('destroys production after printing what it leaves: the key by its alias, where all secrets are adopted', async () => {
  const { code, stdout, stderr, asked } = await destroy(['adopted', '--force'], { key: true });
  expect({ code, stdout, asked }).toEqual({
    code: 0,
    stdout: `adopted:\n  keyArn: '${KEY}',\ncdk destroy TokenRefresher-adopted --force\n`,
    asked: ['DescribeKey alias/token-refresher/adopted'],
  });
  expect(stderr).toContain('TokenRefresher-adopted leaves what these lines name.');
});

it('destroys nothing of production when the alias of its key is not found', async () => {
  const { code, stdout, stderr } = await destroy(['adopted', '--force']);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/nothing named\n {2}alias\/token-refresher\/adopted\n/);
});
