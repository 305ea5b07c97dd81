import { Duration } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { describe, expect, it } from 'vitest';
import { manyTokens, payments } from '../synth.ts';
import { verdict, verdictOnEnvironment, verdictOnToken, verdictOnTokens } from './verdict.ts';

const TOPIC = 'arn:aws:sns:eu-central-1:111122223333:alarms';

describe('an environment', () => {
  it.each([
    {},
    { name: 'a' },
    { name: 'a23456789012345b' },
    { account: '111122223333', region: 'eu-central-1' },
    { region: 'us-gov-west-1' },
    { alarmEmail: 'on-call+tokens@example.co.uk' },
    { alarmTopicArn: TOPIC },
    { alarmTopicArn: TOPIC, account: '111122223333', region: 'eu-central-1' },
    { production: true, higherThroughput: true },
    { tokens: manyTokens(70) },
  ])('is accepted with %j', (change) => {
    expect(verdictOnEnvironment(change)).toBe('accepted');
  });

  it.each([
    [{ name: '' }, 'name of an environment: must be lower-case'],
    [{ name: 'a23456789012345bc' }, 'at most 16 characters; got "a23456789012345bc"'],
    [{ name: 'sand-box' }, 'got "sand-box"'],
    [{ name: 'Sandbox' }, 'got "Sandbox"'],
    [{ name: '1box' }, 'got "1box"'],
    [
      { name: undefined },
      'name of an environment: must be lower-case letters and digits, a letter first, at most 16 characters; got nothing',
    ],
    [
      { alarmMail: 'a@example.com' },
      'environment "sandbox", "alarmMail": there is no such setting, only name, account',
    ],
    [{ local: true }, 'environment "sandbox", "local": there is no such setting'],
    [{ monitoring: null }, 'environment "sandbox", monitoring: must be an object; got null'],
    [{ monitoring: 5 }, 'environment "sandbox", monitoring: must be an object; got a number'],
    [{ monitoring: { attentionFor: 0 } }, 'monitoring.attentionFor: must be a Duration of whole minutes'],
    [
      { monitoring: { thresholds: { deadletters: 1 } } },
      'environment "sandbox", monitoring.thresholds, "deadletters": there is no such setting, only deadLetters',
    ],
    [{ monitoring: { runbookURL: 'x' } }, 'monitoring, "runbookURL": there is no such setting'],
    [{ network: null }, 'environment "sandbox", network: must be an object; got null'],
    [{ network: { subnetIDs: [] } }, 'network, "subnetIDs": there is no such setting, only subnetIds'],
    [{ tokens: [payments, undefined] }, 'environment "sandbox", tokens[1]: must be an object; got nothing'],
    [{ tokens: ['payments-api'] }, 'environment "sandbox", tokens[0]: must be an object; got a string'],
    [
      { account: '11112222333' },
      'environment "sandbox", account: must be 12 digits, in quotes; got "11112222333"',
    ],
    [{ account: 111122223333 }, 'got 111122223333'],
    [
      { region: 'Frankfurt' },
      'environment "sandbox", region: must be a Region such as "eu-central-1"; got "Frankfurt"',
    ],
    [
      { alarmEmail: 'team@example' },
      'environment "sandbox", alarmEmail: must be an e-mail address; got "team@example"',
    ],
    [{ alarmEmail: 'team example.com' }, 'alarmEmail: must be an e-mail address'],
    [{ alarmTopicArn: 'alarms' }, 'environment "sandbox", alarmTopicArn: must be a whole ARN'],
    [{ alarmTopicArn: `${TOPIC}.fifo` }, 'alarmTopicArn: must be a whole ARN'],
    [
      { alarmTopicArn: TOPIC, region: 'us-east-1' },
      "alarmTopicArn: must be in the environment's Region, us-east-1",
    ],
    [{ alarmTopicArn: TOPIC, alarmEmail: 'a@example.com' }, 'alarmTopicArn: goes without alarmEmail'],
    [{ production: 'yes' }, 'environment "sandbox", production: must be true or false; got "yes"'],
    [{ higherThroughput: 1 }, 'higherThroughput: must be true or false; got 1'],
    [{ tokens: undefined }, 'environment "sandbox", tokens: must be a list; got nothing'],
    [{ tokens: [] }, 'environment "sandbox", tokens: must be 1 to 70; got 0'],
    [{ tokens: manyTokens(71) }, 'environment "sandbox", tokens: must be 1 to 70; got 71'],
    [
      { tokens: [payments, payments] },
      'environment "sandbox", tokens: must have different names; got "payments-api" twice',
    ],
  ])('is refused with %j', (change, message) => {
    expect(verdictOnEnvironment(change)).toContain(`SettingError: `);
    expect(verdictOnEnvironment(change)).toContain(message);
  });

  it('may be in any Region that the CDK knows, of whatever partition', () => {
    const regions = RegionInfo.regions.map(({ name }) => name);
    expect(regions).toContain('eusc-de-east-1');
    expect(regions.filter((region) => verdictOnEnvironment({ region }) !== 'accepted')).toEqual([]);
  });

  it('is one of at least one, and has a name of its own', () => {
    expect(verdict()).toBe(
      'SettingError: environments: must be a list of at least one environment; got a list of 0',
    );
    const sandbox = { name: 'sandbox', tokens: [payments] };
    expect(verdict(sandbox, { ...sandbox, name: 'production' })).toBe('accepted');
    expect(verdict(sandbox, sandbox)).toContain(
      'environments: must have different names; got "sandbox" twice',
    );
  });
});

describe('the margin', () => {
  const minutes = (interval: number) => ({ interval: Duration.minutes(interval) });

  it('is kept up to an interval of 27 minutes of 30, and the error says so', () => {
    expect(verdictOnToken(minutes(27))).toBe('accepted');
    expect(verdictOnToken(minutes(28))).toBe(
      'SettingError: environment "sandbox", token "payments-api", interval: must leave at least 60 s of the access ' +
        "token's lifetime of 1800 s after a late schedule, a slow attempt and the writes of all tokens (1): " +
        'set it to at most 27 minutes; got 28 minutes, which leave 47 s',
    );
  });

  it.each([
    { minutes: 40, got: '40 minutes, and the lifetime is shorter than the interval' },
    { minutes: 30, got: '30 minutes, which leave nothing' },
    { minutes: 29, got: '29 minutes, which leave nothing' },
    { minutes: 28, got: '28 minutes, which leave 47 s' },
  ])('that there is none of is told in words: $minutes of 30 minutes', ({ minutes: interval, got }) => {
    expect(verdictOnToken(minutes(interval))).toContain(`set it to at most 27 minutes; got ${got}`);
  });

  it('shrinks with every token, less with higher throughput', () => {
    // 27 minutes leave 108 s before the writes, so 48 s for them: 72 tokens at 3 writes a second. 55 s less lifetime: 7 s.
    const tokens = (count: number) =>
      manyTokens(count).map((token) => ({
        ...token,
        ...minutes(27),
        accessTokenLifetime: Duration.seconds(1_759),
      }));
    expect(verdictOnTokens(...tokens(10))).toBe('accepted');
    expect(verdictOnTokens(...tokens(11))).toContain(
      'the writes of all tokens (11): set it to at most 26 minutes',
    );
    expect(verdictOnEnvironment({ tokens: tokens(11), higherThroughput: true })).toBe('accepted');
  });

  it('asks for a longer lifetime where no interval would do', () => {
    expect(
      verdictOnToken({ interval: Duration.minutes(2), accessTokenLifetime: Duration.minutes(4) }),
    ).toContain('no interval does; it takes a lifetime of at least 253 s; got 2 minutes, which leave 47 s');
    expect(
      verdictOnToken({ interval: Duration.minutes(2), accessTokenLifetime: Duration.seconds(253) }),
    ).toBe('accepted');
  });
});
