import { beforeAll, describe, expect, it } from 'vitest';
import { FAILURE_CODES } from '../../contract/failures.ts';
import { METRIC_NAMESPACE, METRICS } from '../../contract/metrics.ts';
import { MINUTE } from '../../contract/times.ts';
import { isVerdict } from '../../lambda/refresh/credential-rules.ts';
import { RefreshError } from '../../lambda/refresh/refresh-error.ts';
import { newTrace } from '../../lambda/refresh/trace.ts';
import { type MetricGroup, measure } from '../../lambda/telemetry/measurements.ts';
import { QUERIES } from '../../lib/monitoring/saved-queries.ts';
import { ENVIRONMENT, START, World } from '../../simulate/world.ts';
import { resourcesOf, templateOf } from '../lib/synth.ts';
import { alarmsOf, metricKey } from './alarm-definition.ts';
import { linesOf, widgetsOf } from './dashboard-body.ts';
import { SCENARIOS } from './scenarios.ts';
import { type Observed, observe, type Stage } from './simulated-metrics.ts';

const TOKEN = 'payments-api';
const template = templateOf({
  name: ENVIRONMENT,
  tokens: [{ name: TOKEN, baseUrl: 'https://payments.example.com' }],
});

const isOurs = (metric: string): boolean => metric.startsWith(`${METRIC_NAMESPACE}/`);
const read = new Set(
  [
    ...alarmsOf(template),
    ...widgetsOf(template)
      .flatMap(linesOf)
      .flatMap(({ metrics }) => metrics),
  ]
    .map(({ metric }) => metric)
    .filter(isOurs),
);

const keysOf = (groups: readonly MetricGroup[]): string[] =>
  groups.flatMap(({ dimensions, metrics }) =>
    metrics.map(({ name }) => metricKey(METRIC_NAMESPACE, name, dimensions)),
  );

/** Scenarios of one token, and a message for a token that there is not. */
function observeAll(): Promise<Observed[]> {
  const situations = SCENARIOS.map(({ situation }) => situation).filter(({ tokens }) => tokens === undefined);
  const unknown = {
    hours: 1,
    moments: [
      {
        at: 60,
        happens: ({ refresher }: Stage) => refresher.request({ token: 'gone', requestedBy: 'operator' }),
      },
    ],
  };
  return Promise.all(
    [...situations, unknown].map((situation) =>
      observe({ ...situation, hours: Math.min(situation.hours, 5), seed: 1 }),
    ),
  );
}

/** That each code arises in the handler is proved by the tests behind docs/faults.md. */
function emittedCodes(): string[] {
  const settings = new World({ seed: 1 }).tokens[TOKEN];
  if (settings === undefined) throw new Error('the world has no such token');
  return FAILURE_CODES.flatMap((code) => {
    const failure = new RefreshError(code);
    const request = {
      token: TOKEN,
      requestedBy: 'schedule',
      retryRefused: false,
      sentAt: START,
      messageSentAt: START,
      attempt: 1,
    } as const;
    const outcome = { ending: { kind: 'failed', failure }, trace: newTrace(), tries: 1 } as const;
    return keysOf(measure({ environment: ENVIRONMENT, settings, request, outcome, now: START + MINUTE }));
  });
}

let emitted: ReadonlySet<string>;
let logFields: ReadonlySet<string>;
beforeAll(async () => {
  const runs = await observeAll();
  emitted = new Set([...runs.flatMap(({ groups }) => keysOf(groups)), ...emittedCodes()]);
  logFields = new Set(runs.flatMap((run) => [...run.logFields]));
});

describe('metrics', () => {
  it('that an alarm or the dashboard reads are emitted, with the same dimensions', () => {
    expect([...read].filter((metric) => !emitted.has(metric))).toEqual([]);
  });

  it('that are emitted are read by an alarm or the dashboard', () => {
    expect([...emitted].filter((metric) => !read.has(metric))).toEqual([]);
  });

  it('are at most five per token', () => {
    expect(Object.keys(METRICS.perToken).length).toBeLessThanOrEqual(5);
    expect([...emitted].filter((metric) => metric.includes(`Token=${TOKEN}`)).length).toBeLessThanOrEqual(5);
  });
});

/** Of Logs Insights; `attempts` is a name that a query gives. */
const KEYWORDS =
  'fields filter stats sort limit desc asc by count as or in ispresent @timestamp attempts'.split(' ');

it('the saved queries ask of fields that log lines have', () => {
  const queries = resourcesOf(template, 'AWS::Logs::QueryDefinition').map(({ Properties }) => Properties);
  expect(queries.map(({ Name }) => Name)).toEqual(
    Object.keys(QUERIES).map((name) => `token-refresher-${ENVIRONMENT}/${name}`),
  );
  const words = queries.flatMap(({ QueryString }) =>
    String(QueryString)
      .replaceAll(/"[^"]*"/g, '')
      .match(/@?[a-zA-Z]+/g),
  );
  expect(words.filter((word) => word !== null && !KEYWORDS.includes(word) && !logFields.has(word))).toEqual(
    [],
  );
});

it('the saved query of failed authentication names each code that speaks of the credentials', () => {
  const { filterStatements } = QUERIES['Failed authentication'] ?? {};
  const named = FAILURE_CODES.filter((code) => filterStatements?.join().includes(`"${code}"`));
  const ofCredentials = FAILURE_CODES.filter((code) => isVerdict(new RefreshError(code)));
  expect([...named, 'RefreshTokenRefused', 'NoCredentials'].sort()).toEqual([...ofCredentials].sort());
});
