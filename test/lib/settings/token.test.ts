import { Duration, Lazy } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { manyTokens, payments } from '../synth.ts';
import { verdict, verdictOnEnvironment, verdictOnToken, verdictOnTokens } from './verdict.ts';

const SECRET = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:payments/login-AbCdEf';
const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';

describe('a token', () => {
  it.each([
    { name: 'a' },
    { name: `a${'2'.repeat(29)}` },
    { baseUrl: 'https://127.0.0.1:8443' },
    { interval: Duration.minutes(2) },
    { interval: Duration.hours(12), accessTokenLifetime: Duration.hours(13) },
    { interval: Duration.seconds(120) },
    { accessTokenLifetime: Duration.minutes(30.5) },
    { refreshTokenLifetime: Duration.seconds(1) },
    { credentialsSecretArn: SECRET },
    { credentialsSecretArn: SECRET, credentialsKeyArn: KEY },
  ])('is accepted with %j', (change) => {
    expect(verdictOnToken(change)).toBe('accepted');
  });

  const INTERVAL =
    'environment "sandbox", token "payments-api", interval: must be whole minutes, from 2 minutes to 12 hours';
  it.each([
    [{ name: '' }, 'environment "sandbox", name of a token: must be kebab-case'],
    [{ name: `a${'2'.repeat(30)}` }, 'at most 30 characters; got "a22'],
    [{ name: 'payments_api' }, 'got "payments_api"'],
    [{ name: 'payments--api' }, 'got "payments--api"'],
    [{ name: 'payments-' }, 'got "payments-"'],
    [{ name: 'PaymentsApi' }, 'got "PaymentsApi"'],
    [{ name: '__proto__' }, 'got "__proto__"'],
    [{ name: 'constructor' }, 'must be another one: the CDK cannot use it as the id of a construct'],
    [
      { name: undefined },
      'name of a token: must be kebab-case (lower-case letters, digits, single hyphens), at most 30 characters; got nothing',
    ],
    [
      { intervall: Duration.minutes(5) },
      'environment "sandbox", token "payments-api", "intervall": there is no such setting, only baseUrl, api, interval',
    ],
    [{ interval: Duration.minutes(1) }, `${INTERVAL}; got 1 minute`],
    [{ interval: Duration.minutes(721) }, `${INTERVAL}; got 12 hours 1 minute`],
    [{ interval: Duration.seconds(150) }, `${INTERVAL}; got 2 minutes 30 seconds`],
    [{ interval: Duration.millis(120_500) }, INTERVAL],
    [{ interval: Duration.minutes(Number.NaN) }, INTERVAL],
    [{ interval: 25 }, 'interval: must be a Duration, such as Duration.minutes(25); got 25'],
    [{ interval: Duration.minutes(Lazy.number({ produce: () => 25 })) }, 'interval: must be a Duration'],
    [
      { accessTokenLifetime: Duration.millis(1_800_500) },
      'accessTokenLifetime: must be a whole number of seconds',
    ],
    [
      { accessTokenLifetime: Duration.days(Number.POSITIVE_INFINITY) },
      'accessTokenLifetime: must be a whole number of seconds',
    ],
    [
      { refreshTokenLifetime: Duration.seconds(0) },
      'refreshTokenLifetime: must be a whole number of seconds, at least one',
    ],
    [
      { refreshTokenLifetime: '7 days' },
      'refreshTokenLifetime: must be a Duration, such as Duration.minutes(25); got "7 days"',
    ],
    [{ credentialsSecretArn: SECRET.slice(0, -7) }, 'credentialsSecretArn: must be a whole ARN'],
    [{ credentialsSecretArn: 'payments/login' }, 'credentialsSecretArn: must be a whole ARN'],
    [{ credentialsSecretArn: SECRET.replace('login', '*') }, 'credentialsSecretArn: must be a whole ARN'],
    [
      { credentialsSecretArn: SECRET, credentialsKeyArn: 'alias/aws/secretsmanager' },
      'credentialsKeyArn: must be a whole ARN',
    ],
    [{ credentialsKeyArn: KEY }, 'credentialsKeyArn: goes with credentialsSecretArn only'],
  ])('is refused with %j', (change, message) => {
    expect(verdictOnToken(change)).toContain(message);
  });

  it('adopts secrets of its own account and Region only', () => {
    const adopting = { tokens: [{ ...payments, credentialsSecretArn: SECRET }] };
    expect(verdictOnEnvironment({ ...adopting, account: '111122223333', region: 'eu-central-1' })).toBe(
      'accepted',
    );
    expect(verdictOnEnvironment({ ...adopting, region: 'us-east-1' })).toContain(
      "the environment's Region, us-east-1",
    );
    expect(verdictOnEnvironment({ ...adopting, account: '444455556666' })).toContain(
      "the environment's account, 444455556666",
    );
  });

  it('shares no adopted secret, with no token of any environment', () => {
    const adopting = (name: string) => ({ ...payments, name, credentialsSecretArn: SECRET });
    const message = `credentialsSecretArn: must be a secret of this token's own, token "first" of "sandbox" has it already`;
    expect(verdictOnTokens(adopting('first'), adopting('second'))).toContain(message);
    const sandbox = { name: 'sandbox', tokens: [adopting('first')] };
    expect(verdict(sandbox, { name: 'production', tokens: [adopting('second')] })).toContain(
      `environment "production", token "second", ${message}`,
    );
  });

  it('adopts no more secrets than policies hold', () => {
    const adopting = (count: number) =>
      manyTokens(count).map((token, index) => ({
        ...token,
        credentialsSecretArn: SECRET.replace('login', `${index}`.padStart(428, 'x')),
      }));
    expect(SECRET.replace('login', 'x'.repeat(428)).length).toBe(500);
    expect(verdictOnTokens(...adopting(10))).toBe('accepted');
    expect(verdictOnTokens(...adopting(11))).toContain(
      'adopted secrets: must have ARNs of at most 5000 characters together',
    );
  });
});

describe('a base URL', () => {
  it.each([
    [undefined, 'must be an absolute URL, such as "https://api.example.com/v1"; got nothing'],
    [12345678, 'must be an absolute URL, such as "https://api.example.com/v1"; got a number'],
    ['', 'must be an absolute URL'],
    [
      'api.example.com',
      'must be an absolute URL, such as "https://api.example.com/v1"; got "api.example.com"',
    ],
    [' https://api.example.com', 'must be an absolute URL'],
    ['https://', 'must be an absolute URL'],
    [Lazy.string({ produce: () => 'https://api.example.com' }), 'must be an absolute URL'],
    [
      'http://api.example.com',
      'must begin with https:// (plain http is for the local run, on loopback); got "http://api.example.com"',
    ],
    ['http://127.0.0.1:8080', 'must begin with https://'],
    ['ftp://api.example.com', 'must begin with https://'],
    ['https://api.example.com/?tenant=1', 'must have neither query nor fragment'],
    ['https://api.example.com/?', 'must have neither query nor fragment'],
    ['https://api.example.com/#top', 'must have neither query nor fragment'],
    ['https://joe@api.example.com', 'must hold no user name or password'],
  ])('is refused: %s', (baseUrl, message) => {
    expect(verdictOnToken({ baseUrl })).toContain(
      `environment "sandbox", token "payments-api", baseUrl: ${message}`,
    );
  });

  it.each([
    'https://joe:hunter2@api.example.com',
    'https//joe:hunter2@api.example.com',
    'http://joe:hunter2@api.example.com/',
    'https://api.example.com/?key=hunter2',
    'https://api.example.com/#hunter2',
  ])('with what may be a secret is not shown', (baseUrl) => {
    expect(verdictOnToken({ baseUrl })).toContain(
      'got a value that is not shown, since it may hold a secret',
    );
    expect(verdictOnToken({ baseUrl })).not.toContain('hunter2');
  });

  it('with a secret in a setting that does not exist is not shown either', () => {
    expect(verdictOnToken({ password: 'hunter2' })).toContain('"password": there is no such setting');
    expect(verdictOnToken({ password: 'hunter2' })).not.toContain('hunter2');
  });

  it('a password in the place of an ARN is not shown', () => {
    const message = verdictOnToken({ credentialsSecretArn: 'hunter2' });
    expect(message).toContain('credentialsSecretArn: must be a whole ARN');
    expect(message).not.toContain('hunter2');
  });
});
