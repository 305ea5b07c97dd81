import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FAILURES_IN_WORDS, runbook } from '../../cli/failures-in-words.ts';
import { FAILURE_CODES } from '../../contract/failures.ts';
import { accessTokenParameter } from '../../contract/names.ts';
import { type MemoryAws, startMemoryAws } from '../../fakes/memory-aws/server.ts';
import { deploy, runCli } from './cli-stage.ts';

const ROOT = join(import.meta.dirname, '../..');

async function openAws(): Promise<MemoryAws> {
  const aws = await startMemoryAws();
  aws.queues.create('requests.fifo');
  aws.queues.create('dead-letters.fifo');
  onTestFinished(aws.close);
  return aws;
}

/** What Node.js loads. */
function loadedUrls(args: readonly string[]): string[] {
  const hook = `
    import { registerHooks } from 'node:module';
    import { writeSync } from 'node:fs';
    registerHooks({ load: (url, context, next) => (writeSync(1, 'loads ' + url + '\\n'), next(url, context)) });`;
  const main = join(ROOT, 'cli/main.ts');
  const options = ['--import', `data:text/javascript,${encodeURIComponent(hook)}`, main, ...args];
  const output = execFileSync(process.execPath, options, { encoding: 'utf8' });
  return output.split('\n').filter((line) => line.startsWith('loads '));
}

describe('help', () => {
  it.each(['--help', 'status --help'])('%s loads neither aws-cdk-lib nor an AWS client', (args) => {
    const urls = loadedUrls(args.split(' '));
    expect(urls.some((url) => url.includes('/commander/'))).toBe(true);
    expect(urls.filter((url) => /aws-sdk|aws-cdk|@smithy|@clack|cli-table3/.test(url))).toEqual([]);
  });

  it.each(['--help', 'credentials --help', 'status --help', 'refresh --help', 'why --help'])(
    '%s has examples and ends well',
    async (line) => {
      const ran = await runCli(await openAws(), line);
      expect(ran).toMatchObject({ exitCode: 0, err: '' });
      expect(ran.out).toContain('Examples:\n  npm run tokens -- ');
    },
  );

  it('names the exit codes', async () => {
    const { out } = await runCli(await openAws(), '--help');
    expect(out).toMatch(/0 ok; 1 .*\n?.*2 what was typed.*130 Ctrl-C/s);
  });

  it('of the package never says npx without --no', async () => {
    const { out } = await runCli(await openAws(), '--help', { env: { npm_lifecycle_event: 'start' } });
    expect(out).toContain('npx --no token-refresher status sandbox');
  });
});

describe('what is typed wrong', () => {
  it.each([
    ['a command', 'stauts sandbox', 'Did you mean status?'],
    ['an option', 'status sandbox --jsno', 'Did you mean --json?'],
    ['too few arguments', 'why sandbox', "missing required argument 'token'"],
    ['too many', 'why sandbox crm more', 'too many arguments'],
    ['an environment that cannot be', 'status Sandbox', '"Sandbox" cannot be an environment'],
    ['a count', 'why sandbox crm --last 0', 'a whole number from 1 to 999'],
  ])('%s', async (_, line, message) => {
    const aws = await openAws();
    const ran = await runCli(aws, line);
    expect(ran.err).toContain(message);
    expect(ran).toMatchObject({ exitCode: 2, out: '' });
    expect(aws.requests).toEqual([]);
  });
});

describe('an environment that is not deployed', () => {
  it('is told with account, Region and who asks', async () => {
    const ran = await runCli(await openAws(), 'status sandbox');
    expect(ran.exitCode).toBe(2);
    expect(ran.err).toBe(
      'There is no stack TokenRefresher-sandbox in account 000000000000, Region us-east-1, for arn:aws:iam::000000000000:user/operator.\n' +
        'Deploy it (npx cdk deploy TokenRefresher-sandbox), or say where it is: --profile, --region, --stack.\n',
    );
  });

  it('is misspelt, perhaps', async () => {
    const aws = await openAws();
    aws.parameters.putParameter({
      Name: accessTokenParameter('sandbox', 'crm'),
      Value: 'x',
      Type: 'SecureString',
    });
    expect((await runCli(aws, 'status sandbx')).err).toContain('\nDid you mean sandbox?\n');
    expect((await runCli(aws, 'status production')).err).toContain('\nHere are sandbox.');
  });

  it('is a stack without our outputs', async () => {
    const aws = await openAws();
    aws.stacks.put('TokenRefresher-sandbox', []);
    const ran = await runCli(aws, 'status sandbox');
    expect(ran).toMatchObject({ exitCode: 1, err: expect.stringContaining('deploy it again') });
  });
});

it('another account than the expected one is refused, deployed or not', async () => {
  const aws = await openAws();
  const refusal = 'These AWS credentials are for account 000000000000, not 111122223333.\n';
  const line = 'status sandbox --account 111122223333';
  expect((await runCli(aws, line)).err).toContain(refusal);
  deploy(aws, [{ token: 'crm' }]);
  expect(await runCli(aws, line)).toMatchObject({ exitCode: 2, err: expect.stringContaining(refusal) });
  expect(await runCli(aws, 'status sandbox --account 000000000000')).toMatchObject({ exitCode: 1, err: '' });
});

it('another endpoint than AWS is told first, with its account', async () => {
  const aws = await openAws();
  for (const [line, env] of [
    [`status sandbox --endpoint-url ${aws.endpoint}`, {}],
    ['status sandbox', { AWS_ENDPOINT_URL: aws.endpoint }],
    ['status sandbox', { AWS_ENDPOINT_URL_SSM: aws.endpoint }],
  ] as const) {
    const { err } = await runCli(aws, line, { env });
    expect(err).toMatch(/^Endpoint http:\/\/127.0.0.1:\d+ instead of AWS, account 000000000000\n/);
  }
});

describe('failures in words', () => {
  const headings = [...readFileSync(join(ROOT, 'docs/runbook.md'), 'utf8').matchAll(/^## (.*)$/gm)].map(
    ([, heading]) => heading,
  );

  it('there are for every code, with a section that the runbook has', () => {
    expect(Object.keys(FAILURES_IN_WORDS).sort()).toEqual([...FAILURE_CODES].sort());
    for (const { section } of Object.values(FAILURES_IN_WORDS)) expect(headings).toContain(section);
    expect(runbook('Login refused')).toBe('docs/runbook.md#login-refused');
  });
});
