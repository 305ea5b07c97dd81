import { Duration, Stack } from 'aws-cdk-lib';
import { expect, it } from 'vitest';
import { addStacks } from '../../../bin/add-stacks.ts';
import { TokenRefresher, type TokenRefresherProps } from '../../../lib/index.ts';
import type { TokenProps } from '../../../lib/settings/settings.ts';
import { inQuickApp, payments } from '../synth.ts';
import { messageOf, verdict, verdictOnEnvironment, verdictOnTokens } from './verdict.ts';

const linesOf = (message: string): string[] => message.replace('SettingError: ', '').split('\n');

const SECRET = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:payments/login-AbCdEf';

it('all mistakes of a file are told at once, each with environment, token, setting, rule and value', () => {
  const sandbox = {
    name: 'sandbox',
    region: 'Frankfurt',
    monitoring: { thresholds: { deadLetters: 0 } },
    tokens: [
      { name: 'payments-api', baseUrl: 'http://payments.example.com', interval: 25 },
      { name: 'Orders', baseUrl: 'https://orders.example.com' },
    ],
  };
  const production = { name: 'production', production: 'yes', tokens: [] };
  expect(linesOf(verdict(sandbox, production))).toEqual([
    'environment "sandbox", region: must be a Region such as "eu-central-1"; got "Frankfurt"',
    'environment "sandbox", monitoring.thresholds.deadLetters: must be a whole number, at least one; got 0',
    'environment "sandbox", token "payments-api", baseUrl: must begin with https:// (plain http is for the local run, on loopback); got "http://payments.example.com"',
    'environment "sandbox", token "payments-api", interval: must be a Duration, such as Duration.minutes(25); got 25',
    'environment "sandbox", name of a token: must be kebab-case (lower-case letters, digits, single hyphens), at most 30 characters; got "Orders"',
    'environment "production", production: must be true or false; got "yes"',
    'environment "production", tokens: must be 1 to 70; got 0',
  ]);
});

it('what has no name is told by its place in the list', () => {
  expect(linesOf(verdict({ name: 7, account: 1, tokens: [{ baseUrl: 'x' }] }, ['production']))).toEqual([
    'name of an environment: must be lower-case letters and digits, a letter first, at most 16 characters; got 7',
    'environments[0], account: must be 12 digits, in quotes; got 1',
    'environments[0], tokens[0], baseUrl: must be an absolute URL, such as "https://api.example.com/v1"; got "x"',
    'environments[0], name of a token: must be kebab-case (lower-case letters, digits, single hyphens), at most 30 characters; got nothing',
    'environments[1]: must be an object; got a list of 1',
  ]);
});

it('a rule of several settings is told as soon as those are good, whatever else is wrong', () => {
  const token = { ...payments, interval: Duration.minutes(40), credentialsMaxAge: Duration.hours(1) };
  const twice = verdictOnEnvironment({
    tokens: [
      { ...token, credentialsSecretArn: SECRET },
      { name: 'b', credentialsSecretArn: SECRET },
    ],
  });
  expect(
    linesOf(twice).map((line) => /(, token .*?)?, (?<setting>\w+):/.exec(line)?.groups?.setting),
  ).toEqual(['credentialsMaxAge', 'interval', 'baseUrl', 'credentialsSecretArn']);
});

it('a rule of several settings is not told while one of them is refused', () => {
  const token = { ...payments, interval: Duration.minutes(40) };
  expect(linesOf(verdictOnEnvironment({ tokens: [{ ...token, accessTokenLifetime: '1 h' }] }))).toEqual([
    expect.stringContaining('accessTokenLifetime: must be a Duration'),
  ]);
  expect(linesOf(verdictOnEnvironment({ tokens: [token], higherThroughput: 'yes' }))).toEqual([
    expect.stringContaining('higherThroughput: must be true or false'),
  ]);
  const elsewhere = { ...payments, credentialsSecretArn: SECRET };
  expect(linesOf(verdictOnEnvironment({ tokens: [elsewhere], region: 'Frankfurt' }))).toEqual([
    expect.stringContaining('region: must be a Region'),
  ]);
  // Of a refused interval only that is known which holds for all.
  const stale = { ...payments, interval: 25, staleAfter: Duration.minutes(5) };
  expect(linesOf(verdictOnTokens(stale as never))).toEqual([
    expect.stringContaining('interval: must be a Duration'),
    expect.stringContaining('staleAfter: must be whole minutes, from 6 '),
  ]);
});

it("a construct of one's own tells all its mistakes at once as well, and so does each token that it gets", () => {
  const stack = inQuickApp((app) => new Stack(app, 'Stack'));
  const props = { environment: 'Sandbox', production: 1, network: { subnetIds: [] } };
  expect(
    linesOf(messageOf(() => new TokenRefresher(stack, 'Bad', props as unknown as TokenRefresherProps))),
  ).toEqual([
    expect.stringContaining('network.subnetIds: must be a list of at least one id'),
    expect.stringContaining('network.securityGroupIds: must be a list of at least one id'),
    expect.stringContaining('production: must be true or false; got 1'),
    expect.stringContaining('name of an environment: must be lower-case'),
  ]);
  const refresher = new TokenRefresher(stack, 'Good', { environment: 'sandbox' });
  const token = { baseUrl: '', interval: Duration.minutes(1) };
  expect(linesOf(messageOf(() => refresher.addToken('payments-api', token)))).toEqual([
    expect.stringContaining('environment "sandbox", token "payments-api", baseUrl: must be an absolute URL'),
    expect.stringContaining('environment "sandbox", token "payments-api", interval: must be whole minutes'),
  ]);
  expect(messageOf(() => refresher.addToken('payments-api', 'hunter2' as unknown as TokenProps))).toBe(
    'SettingError: environment "sandbox", tokens[0]: must be an object; got a string',
  );
});

it('a setting is read once on its way from the file to the template', () => {
  let reads = 0;
  const token = {
    name: 'payments-api',
    get baseUrl() {
      reads++;
      return payments.baseUrl;
    },
  };
  inQuickApp((app) => addStacks(app, [{ name: 'sandbox', tokens: [token] }]));
  expect(reads).toBe(1);
});
