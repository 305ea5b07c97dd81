import { describe, expect, it } from 'vitest';
import { LOOKS_SECRET } from '../../lib/monitoring/leak-filter.ts';
import { credentialsOf, openStage, PASSWORD } from '../component/stage.ts';
import { jwt } from '../lambda/token-api/tokens.ts';
import { resourceOf, resourcesOf, templateOf } from '../lib/synth.ts';
import { markedSecret } from './leaks.ts';

const matches = (line: string): boolean =>
  Object.values(LOOKS_SECRET)
    .flat()
    .some((pattern) => new RegExp(pattern).test(line));

describe('the filter on the log', () => {
  it.each([
    `{"detail":"${jwt({ iat: 1000, exp: 2800 })}"}`,
    `Authorization: Bearer ${markedSecret()}`,
    JSON.stringify({ password: markedSecret() }),
    JSON.stringify({ body: JSON.stringify({ refreshToken: markedSecret() }) }),
    `authorization: Basic ${Buffer.from(`user:${markedSecret()}`).toString('base64')}`,
    `access_token=${markedSecret()}&expires_in=60`,
    `{ client_secret: '${markedSecret()}' }`,
  ])('finds the secret in %s', (line) => {
    expect(matches(line)).toBe(true);
  });

  it('finds none in what the function writes', async () => {
    const stage = await openStage();
    stage.storeCredentials(credentialsOf(PASSWORD));
    const lines = [await stage.attempt(), await stage.attempt(), await stage.attempt('no request')];
    await stage.close();
    const empty = await openStage();
    lines.push(await empty.attempt());
    await empty.close();
    for (const { line } of lines) expect(matches(JSON.stringify(line)), JSON.stringify(line)).toBe(false);
  });

  it.each(['basic-customer-account-api', 'password-grant-customer-api', 'bearer-payments-gateway-api'])(
    'finds none in the name of a token: %s',
    (token) => {
      expect(
        matches(JSON.stringify({ message: 'stored a new access token', token, outcome: 'refreshed' })),
      ).toBe(false);
      expect(matches(`token-refresher/production/${token}/credentials`)).toBe(false);
    },
  );

  it('has only what CloudWatch knows of regular expressions', () => {
    for (const pattern of Object.values(LOOKS_SECRET).flat()) {
      expect(pattern).toMatch(/^[\w:#=@/;,\-^$?[\]{}|\\*+.]+$/);
    }
  });

  it('watches the log of the function, and sets off an alarm at the first line', () => {
    const template = templateOf();
    const filters = resourcesOf(template, 'AWS::Logs::MetricFilter').map(({ Properties }) => Properties);
    expect(filters.map(({ FilterPattern }) => FilterPattern)).toEqual(
      Object.values(LOOKS_SECRET).map((patterns) => `%${patterns.join('|')}%`),
    );
    for (const { MetricTransformations } of filters) {
      expect(MetricTransformations).toEqual([
        { MetricNamespace: 'TokenRefresherLog', MetricName: 'SecretInLog-sandbox', MetricValue: '1' },
      ]);
    }
    expect(
      resourceOf(template, 'AWS::CloudWatch::Alarm', 'RefresherMonitoringSecretInLog').Properties,
    ).toMatchObject({
      AlarmName: 'token-refresher-sandbox-secret-in-log',
      MetricName: 'SecretInLog-sandbox',
      Threshold: 1,
      TreatMissingData: 'notBreaching',
    });
  });
});
