import { readFileSync } from 'node:fs';
import { Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { describe, expect, it } from 'vitest';
import { TokenRefresher } from '../../lib/token-refresher.ts';
import { verdictOnEnvironment, verdictOnToken } from '../lib/settings/verdict.ts';
import {
  inQuickApp,
  manyTokens,
  payments,
  resourceOf,
  resourcesOf,
  stackOf,
  templateOf,
} from '../lib/synth.ts';
import { alarmsOf } from './alarm-definition.ts';

const TOPIC = 'arn:aws:sns:ap-southeast-2:123456789012:the-stacks-topic';
const RUNBOOK = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');

/** As GitHub makes them from headings. */
const anchors = [...RUNBOOK.matchAll(/^## (.+)$/gm)].map(([, heading = '']) =>
  heading.toLowerCase().replaceAll(' ', '-'),
);

const template = templateOf({ tokens: manyTokens(2) });
const alarms = alarmsOf(template);

describe('every alarm', () => {
  it.each(alarms)(
    '$name has actions, words, a section of the runbook and a stated meaning of silence',
    (alarm) => {
      expect(alarm.actions).toEqual({ alarm: [TOPIC], ok: [TOPIC] });
      const [words = '', section = ''] = alarm.description.split(' What to do: docs/runbook.md#');
      expect(anchors).toContain(section);
      expect(alarm.name.endsWith(`-${section}`)).toBe(true);
      const silence = {
        breaching: 'No data counts as failure.',
        ignore: 'No data leaves the alarm as it is.',
        notBreaching: 'No data means that all is well.',
        missing: 'not used',
      };
      expect(words.endsWith(silence[alarm.missingData])).toBe(true);
      expect(alarm.description.length).toBeLessThanOrEqual(1024);
    },
  );

  it('is one of three per token and nine per environment, under names of their own', () => {
    expect(new Set(alarms.map(({ name }) => name)).size).toBe(2 * 3 + 9);
    expect(templateOf({ tokens: manyTokens(70) }).findResources('AWS::CloudWatch::Alarm')).toSatisfy(
      (found: object) => Object.keys(found).length === 70 * 3 + 9,
    );
  });

  it('has its section in the runbook, which says what it means, how to look, how to fix, how to know it is over', () => {
    const sections = RUNBOOK.split(/^## /m).slice(1);
    const named = new Set(alarms.map(({ description }) => description.split('#')[1]));
    for (const section of sections) {
      const [heading = ''] = section.split('\n');
      if (!named.has(heading.toLowerCase().replaceAll(' ', '-'))) continue;
      for (const part of [
        /what it means for consumers/i,
        /how to look/i,
        /how to fix/i,
        /how to know it is over/i,
      ]) {
        expect(section, heading).toMatch(part);
      }
    }
  });

  it('leads to the runbook that the setting names', () => {
    const runbookUrl = 'https://wiki.example.com/refresher';
    const descriptions = alarmsOf(templateOf({ monitoring: { runbookUrl } })).map(
      ({ description }) => description,
    );
    expect(descriptions).toContainEqual(expect.stringContaining(`${runbookUrl}#refresh-failing`));
    expect(descriptions.join()).not.toContain('docs/runbook.md');
  });
});

describe('the alarm on silence', () => {
  const staleOf = (change: object) => {
    const found = templateOf({ tokens: [{ ...payments, ...change }] }).findResources(
      'AWS::CloudWatch::Alarm',
      {
        Properties: { MetricName: 'Refreshed' },
      },
    );
    return Object.values(found)[0]?.Properties;
  };

  it('looks at the interval and four minutes by the clock, an hour after it was made', () => {
    expect(staleOf({})).toMatchObject({
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 29,
      DatapointsToAlarm: 29,
      TreatMissingData: 'breaching',
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      EvaluationWindow: { WallClockWindow: { Timezone: 'UTC' } },
      WarmUpConfiguration: {
        WarmUpPeriodDurationInMinutes: 60,
        OnlyStartEvaluatingAfterWarmUpPeriodEnds: true,
      },
    });
  });

  it('follows the interval and the setting', () => {
    const long = { interval: Duration.hours(12), accessTokenLifetime: Duration.hours(13) };
    expect(staleOf(long)?.EvaluationPeriods).toBe(12 * 60 + 4);
    expect(staleOf({ staleAfter: Duration.minutes(45) })?.EvaluationPeriods).toBe(45);
  });
});

describe('the attention alarm', () => {
  const periods = (props: object) =>
    Object.values(
      templateOf(props).findResources('AWS::CloudWatch::Alarm', { Properties: { MetricName: 'Attention' } }),
    )[0]?.Properties.EvaluationPeriods;

  it('stays up for longer than the longest interval, at least an hour, or as set', () => {
    const long = {
      ...payments,
      name: 'long',
      interval: Duration.hours(12),
      accessTokenLifetime: Duration.hours(13),
    };
    expect(periods({})).toBe(60);
    expect(periods({ tokens: [payments, long] })).toBe(12 * 60 + 4);
    expect(periods({ monitoring: { attentionFor: Duration.minutes(5) } })).toBe(5);
  });
});

it('thresholds are those of the settings', () => {
  const thresholds = {
    deadLetters: 2,
    functionErrorsPerMinute: 3,
    throttlesPerMinute: 4,
    schedulerErrors: 5,
  };
  const found = resourcesOf(templateOf({ monitoring: { thresholds } }), 'AWS::CloudWatch::Alarm');
  const byName = Object.fromEntries(
    found.map(({ Properties }) => [Properties.AlarmName, Properties.Threshold]),
  );
  expect(byName).toMatchObject({
    'token-refresher-sandbox-dead-letters': 2,
    'token-refresher-sandbox-function-errors': 3,
    'token-refresher-sandbox-throttles': 4,
    'token-refresher-sandbox-schedule-failing': 5,
    'token-refresher-sandbox-schedule-dropping': 5,
  });
});

describe('a topic that is encrypted', () => {
  const alarmKeyArn = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';

  it('is so by a key of the user only; one that is not made here calls for a look at its policy', () => {
    inQuickApp((app) => {
      const stack = stackOf({ alarmKeyArn }, app);
      const encrypted = Template.fromStack(stack);
      expect(resourceOf(encrypted, 'AWS::SNS::Topic').Properties.KmsMasterKeyId).toBe(alarmKeyArn);
      Annotations.fromStack(stack).hasWarning(
        '*',
        Match.stringLikeRegexp('must allow cloudwatch.amazonaws.com'),
      );
    });
    expect(resourceOf(templateOf(), 'AWS::SNS::Topic').Properties).not.toHaveProperty('KmsMasterKeyId');
  });

  it('by a key of the same app: its policy admits the alarms of this environment', () => {
    const statements = inQuickApp((app) => {
      const stack = new Stack(app, 'Stack');
      const alarmKey = new Key(stack, 'AlarmKey');
      new TokenRefresher(stack, 'Refresher', { environment: 'sandbox', alarmKey }).addToken('payments-api', {
        baseUrl: 'https://payments.example.com',
      });
      const keys = resourcesOf(Template.fromStack(stack), 'AWS::KMS::Key');
      return keys.flatMap(({ Properties }) => (Properties.KeyPolicy as { Statement: object[] }).Statement);
    });
    expect(statements).toContainEqual({
      Sid: 'AllowAlarms',
      Effect: 'Allow',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      Resource: '*',
      Condition: {
        ArnLike: {
          'aws:SourceArn': 'arn:aws:cloudwatch:ap-southeast-2:123456789012:alarm:token-refresher-sandbox-*',
        },
      },
    });
  });
});

it('synth says what monitoring costs', () => {
  inQuickApp((app) => {
    const info = Annotations.fromStack(stackOf({ tokens: manyTokens(10) }, app));
    // 54 metrics at $0.30, 39 alarms at $0.10, a dashboard at $3.
    info.hasInfo(
      '*',
      Match.stringLikeRegexp('about \\$23.10 per month at list prices: 54 metrics, 39 alarms'),
    );
  });
});

describe('a setting', () => {
  it.each([
    [
      { monitoring: { runbookUrl: 'https://wiki/#top' } },
      'monitoring.runbookUrl: must be a URL or path without',
    ],
    [{ monitoring: { runbookUrl: `https://${'a'.repeat(249)}` } }, 'at most 256 characters'],
    [{ monitoring: { runbookURL: 'x' } }, '"runbookURL": there is no such setting'],
    [
      { monitoring: { attentionFor: Duration.seconds(90) } },
      'monitoring.attentionFor: must be a Duration of whole',
    ],
    [{ monitoring: { attentionFor: Duration.minutes(1441) } }, 'at most 1 day; got 1 day 1 minute'],
    [
      { monitoring: { thresholds: { deadLetters: 0 } } },
      'monitoring.thresholds.deadLetters: must be a whole number',
    ],
    [{ monitoring: { thresholds: { errors: 1 } } }, '"errors": there is no such setting'],
    [{ alarmKeyArn: 'alias/alarms' }, 'alarmKeyArn: must be a whole ARN'],
  ])('%j is refused', (change, message) => {
    expect(verdictOnEnvironment(change)).toContain(message);
  });

  it.each([
    [{ staleAfter: Duration.minutes(28) }, 'staleAfter: must be whole minutes, from 29'],
    [{ staleAfter: Duration.minutes(29) }, 'accepted'],
    [{ staleAfter: Duration.minutes(1440) }, 'accepted'],
    [{ staleAfter: Duration.minutes(1441) }, 'to 1440'],
    [{ staleAfter: Duration.seconds(1830) }, 'must be whole minutes'],
    [{ credentialsMaxAge: Duration.days(1) }, 'accepted'],
    [{ credentialsMaxAge: Duration.hours(36) }, 'credentialsMaxAge: must be whole days'],
    [{ credentialsMaxAge: Duration.days(0) }, 'credentialsMaxAge: must be whole days'],
  ])('of a token: %j', (change, message) => {
    expect(verdictOnToken(change)).toContain(message);
  });
});

describe('the alarm on failing refreshes', () => {
  it('is set off by the metric of its token, and ends with a success only', () => {
    const found = templateOf().findResources('AWS::CloudWatch::Alarm', {
      Properties: { MetricName: 'RefreshFailing' },
    });
    expect(Object.values(found).map(({ Properties }) => Properties)).toMatchObject([
      {
        AlarmName: 'token-refresher-sandbox-payments-api-refresh-failing',
        AlarmDescription: expect.stringMatching(
          /payments-api of sandbox cannot be refreshed.*at most 30 minutes/,
        ),
        Namespace: 'TokenRefresher',
        Dimensions: [
          { Name: 'Environment', Value: 'sandbox' },
          { Name: 'Token', Value: 'payments-api' },
        ],
        Statistic: 'Minimum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        TreatMissingData: 'ignore',
      },
    ]);
  });
});
