import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startMemoryAws } from '../../fakes/memory-aws/server.ts';
import { awsEnvironment, toolEnvironment } from '../../local/clean-environment.ts';

const ROOT = join(import.meta.dirname, '../..');

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

/** What the command needs of this project, whose `environments.ts` is the user's. */
function copyProject(folder: string): void {
  for (const name of ['package.json', 'contract', 'lib', 'scripts']) {
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  }
  mkdirSync(join(folder, 'node_modules/aws-cdk/bin'), { recursive: true });
  writeFileSync(join(folder, 'node_modules/aws-cdk/bin/cdk'), CDK);
  symlinkSync(join(ROOT, 'node_modules/@aws-sdk'), join(folder, 'node_modules/@aws-sdk'));
  writeFileSync(join(folder, 'environments.ts'), ENVIRONMENTS);
}

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

/** `npm run destroy`, with an AWS that holds no stack and no secret, and perhaps the key of `adopted`. */
async function destroy(
  args: readonly string[],
  { key = false } = {},
): Promise<Run & { readonly asked: readonly string[] }> {
  const aws = await startMemoryAws();
  onTestFinished(aws.close);
  const kms = await startKms(key);
  const folder = mkdtempSync(join(tmpdir(), 'token-refresher-destroy-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  copyProject(folder);
  const env = {
    ...toolEnvironment(folder),
    ...awsEnvironment(aws.endpoint),
    AWS_ENDPOINT_URL_KMS: kms.endpoint,
  };
  const run = await new Promise<Run>((resolve) => {
    const options = { cwd: folder, env, timeout: 30_000 };
    const child = execFile(process.execPath, ['scripts/destroy.ts', ...args], options, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
  return { ...run, asked: [...aws.requests.map(({ operation }) => operation), ...kms.asked] };
}

const USAGE = 'npm run destroy -- sandbox|production|adopted [options of cdk destroy]\n';

it.each([
  { what: 'no environment', args: [] },
  { what: 'an unknown environment', args: ['staging'] },
  { what: 'an option in its place', args: ['--force', 'production'] },
])('destroys nothing and says how it is used, given $what', async ({ args }) => {
  expect(await destroy(args)).toEqual({ code: 1, stdout: '', stderr: USAGE, asked: [] });
});

it('says how it is used when asked', async () => {
  expect(await destroy(['production', '--help'])).toEqual({ code: 0, stdout: USAGE, stderr: '', asked: [] });
});

it.each([[['--profile', 'other']], [['--profile=other']]])(
  'does not look with other credentials than it destroys with: %s',
  async (profile) => {
    const { code, stderr, asked } = await destroy(['production', '--force', ...profile]);
    expect({ code, asked }).toEqual({ code: 1, asked: [] });
    expect(stderr).toContain('AWS_PROFILE');
  },
);

it('destroys nothing of production when a secret is not found: account or Region may be wrong', async () => {
  const { code, stdout, stderr, asked } = await destroy(['production', '--force']);
  expect({ code, stdout, asked }).toEqual({ code: 1, stdout: '', asked: ['DescribeSecret'] });
  expect(stderr).toMatch(
    /^Nothing was destroyed: in us-east-1, .* nothing named\n {2}token-refresher\/production\//,
  );
  expect(stderr).toContain('npx cdk destroy TokenRefresher-production');
});

it('destroys production after printing what it leaves: the key by its alias, where all secrets are adopted', async () => {
  expect(await destroy(['adopted', '--force'], { key: true })).toEqual({
    code: 0,
    stdout: `TokenRefresher-adopted leaves what these lines name. To deploy it again, put them into environments.ts:

adopted:
  keyArn: '${KEY}',

cdk destroy TokenRefresher-adopted --force
`,
    stderr: '',
    asked: ['DescribeKey alias/token-refresher/adopted'],
  });
});

it('destroys nothing of production when the alias of its key is not found', async () => {
  const { code, stdout, stderr } = await destroy(['adopted', '--force']);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/nothing named\n {2}alias\/token-refresher\/adopted\n/);
});
