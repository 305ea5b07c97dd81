import { describe, expect, it, onTestFinished } from 'vitest';
import { accessTokenParameter, sessionParameter } from '../../contract/names.ts';
import { DAY, HOUR, MINUTE } from '../../contract/times.ts';
import { type MemoryAws, startMemoryAws } from '../../fakes/memory-aws/server.ts';
import { deploy, logLine, runCli } from './cli-stage.ts';

const NOW = Date.parse('2026-12-01T12:00:00Z');

async function openAws(): Promise<MemoryAws> {
  const aws = await startMemoryAws({ now: () => NOW - 5 * MINUTE });
  aws.queues.create('requests.fifo');
  aws.queues.create('dead-letters.fifo');
  onTestFinished(aws.close);
  return aws;
}

function store(
  aws: MemoryAws,
  token: string,
  { minutes = 25, environment = 'sandbox', how = 'refresh' } = {},
) {
  const expires = new Date(NOW + minutes * MINUTE).toISOString().replace('.000', '');
  const Description = `how=${how} expires=${expires}`;
  const put = (Name: string) =>
    aws.parameters.putParameter({ Name, Value: 'x', Type: 'SecureString', Description });
  put(accessTokenParameter(environment, token));
  put(sessionParameter(environment, token));
}

const refreshed = (token: string) => ({
  token,
  outcome: 'refreshed',
  how: 'refresh',
  credentialsSince: new Date(NOW - 12 * DAY).toISOString(),
});

const run = (aws: MemoryAws, line: string, options = {}) => runCli(aws, line, { now: () => NOW, ...options });

it('shows a healthy environment in one table', async () => {
  const aws = await openAws();
  deploy(aws, [{ token: 'payments-api' }, { token: 'crm' }]);
  store(aws, 'payments-api');
  store(aws, 'crm', { minutes: 70, how: 'login' });
  logLine(aws, refreshed('payments-api'), NOW - 5 * MINUTE);
  const ran = await run(aws, 'status sandbox');
  expect(ran).toEqual({
    exitCode: 0,
    err: '',
    out: `${[
      'sandbox  TokenRefresher-sandbox, account 000000000000, us-east-1',
      'token         valid for  got by   changed    credentials',
      'payments-api  25 min     refresh  5 min ago  12 days old',
      'crm           70 min     login    5 min ago  -',
    ].join('\n')}\n`,
  });
});

describe('what is not well', () => {
  async function openUnwell(): Promise<MemoryAws> {
    const aws = await openAws();
    deploy(aws, [{ token: 'payments' }, { token: 'payments-api' }, { token: 'crm' }, { token: 'over' }]);
    store(aws, 'payments-api', { minutes: -1 });
    store(aws, 'crm');
    store(aws, 'over');
    const refused = {
      outcome: 'failed',
      code: 'CredentialsRefused',
      apiStatus: 401,
      oauthError: 'invalid_grant',
    };
    logLine(aws, refreshed('payments-api'), NOW - 2 * HOUR);
    logLine(aws, { token: 'payments-api', ...refused }, NOW - HOUR);
    logLine(aws, { token: 'payments-api', ...refused, detail: 'evil \u001b[2J' }, NOW - 3 * MINUTE);
    logLine(aws, { token: 'over', outcome: 'failed', code: 'ApiUnavailable', apiStatus: 503 }, NOW - HOUR);
    logLine(aws, refreshed('over'), NOW - 30 * MINUTE);
    const raise = (name: string) => aws.alarms.raised.set(`token-refresher-sandbox-${name}`, new Date(NOW));
    for (const name of ['payments-api-login-refused', 'payments-going-stale', 'dead-letters']) raise(name);
    return aws;
  }

  it('is told in words under the table, with the command that says more', async () => {
    const ran = await run(await openUnwell(), 'status sandbox');
    expect(ran.exitCode).toBe(1);
    expect(ran.out.split('\n').slice(2)).toEqual([
      'payments      no token   -        -          -',
      'payments-api  expired    refresh  5 min ago  12 days old',
      'crm           25 min     refresh  5 min ago  -',
      'over          25 min     refresh  5 min ago  12 days old',
      '  payments: alarms: going-stale.',
      '  npm run tokens -- why sandbox payments',
      '  payments-api: fails, 3 min ago: the token API refuses the credentials (HTTP 401, invalid_grant; evil  [2J); alarms: login-refused.',
      '  npm run tokens -- why sandbox payments-api',
      '  over: over: 60 min ago the token API is down (HTTP 503).',
      'Alarms: dead-letters',
      '',
    ]);
  });

  it('is told in JSON', async () => {
    const { out, exitCode } = await run(await openUnwell(), 'status sandbox --json');
    expect(exitCode).toBe(1);
    const [{ tokens, ...environment }] = JSON.parse(out);
    expect(environment).toEqual({
      environment: 'sandbox',
      stack: 'TokenRefresher-sandbox',
      account: '000000000000',
      region: 'us-east-1',
      hasLog: true,
      alarms: ['dead-letters'],
    });
    expect(tokens[0]).toEqual({
      token: 'payments',
      isValid: false,
      version: null,
      validUntil: null,
      gotBy: null,
      changedAt: null,
      credentialsSince: null,
      lastAttempt: null,
      lastFailure: null,
      alarms: ['going-stale'],
    });
    expect(tokens[1]).toMatchObject({
      isValid: false,
      validUntil: '2026-12-01T11:59:00.000Z',
      lastAttempt: { at: '2026-12-01T11:57:00.000Z', outcome: 'failed', code: 'CredentialsRefused' },
      alarms: ['login-refused'],
    });
  });

  it('has colours at a terminal, unless NO_COLOR is set', async () => {
    const aws = await openUnwell();
    expect((await run(aws, 'status sandbox', { columns: 80 })).out).toContain('\u001b[31mexpired\u001b[39m');
    const without = await run(aws, 'status sandbox', { columns: 80, env: { NO_COLOR: '1' } });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours
    expect(without.out).not.toMatch(/\u001b\[\d+m/);
  });
});

it('for 70 tokens takes at most 12 calls, and decrypts nothing', async () => {
  const aws = await openAws();
  const tokens = Array.from({ length: 70 }, (_, index) => ({ token: `token-${index}` }));
  deploy(aws, tokens);
  for (const { token } of tokens) {
    store(aws, token);
    for (let ago = 1; ago < 20; ago++) logLine(aws, refreshed(token), NOW - ago * 25 * MINUTE);
  }
  const ran = await run(aws, 'status sandbox --endpoint-url http://127.0.0.1');
  expect(ran.exitCode).toBe(0);
  expect(ran.out.split('\n')).toHaveLength(73);
  expect(aws.requests.length).toBeLessThanOrEqual(12 - 4); // The query may have to be looked at four times more.
  expect(aws.requests.filter(({ members }) => members.includes('WithDecryption'))).toEqual([]);
});

describe('without a name', () => {
  it('shows all environments that have tokens here', async () => {
    const aws = await openAws();
    deploy(aws, [{ token: 'crm' }]);
    deploy(aws, [{ token: 'crm' }], 'production');
    store(aws, 'crm');
    store(aws, 'crm', { environment: 'production' });
    const { out } = await run(aws, 'status');
    expect(out.match(/^\w+ {2}TokenRefresher-\w+/gm)).toEqual([
      'production  TokenRefresher-production',
      'sandbox  TokenRefresher-sandbox',
    ]);
  });

  it('goes on where one cannot be looked at', async () => {
    const aws = await openAws();
    deploy(aws, [{ token: 'crm' }]);
    store(aws, 'crm');
    store(aws, 'crm', { environment: 'elsewhere' });
    const ran = await run(aws, 'status');
    expect(ran.out).toContain('sandbox  TokenRefresher-sandbox');
    expect(ran.err).toMatch(/^There is no stack TokenRefresher-elsewhere .*\nHere are elsewhere, sandbox\./);
    expect(ran.exitCode).toBe(1);
  });

  it('says when there is none', async () => {
    const ran = await run(await openAws(), 'status');
    expect(ran.exitCode).toBe(2);
    expect(ran.err).toContain('Name one: npm run tokens -- status <environment>');
  });
});

it('reads a stack of another name, in an own CDK app, with two environments in it', async () => {
  const aws = await openAws();
  deploy(aws, [{ token: 'crm' }], 'sandbox', 'Tokens');
  store(aws, 'crm');
  expect(await run(aws, 'status sandbox --stack Tokens')).toMatchObject({ exitCode: 0 });
  expect(await run(aws, 'status production --stack Tokens')).toMatchObject({
    exitCode: 2,
    err: 'Stack Tokens holds sandbox, not production.\n',
  });
});
