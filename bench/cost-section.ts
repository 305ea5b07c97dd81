import { monitoringCost } from '../lib/monitoring/monitoring-cost.ts';
import type { Section } from './report.ts';
import { statisticsOf } from './statistics.ts';
import { openWorld } from './world.ts';

/** List prices of us-east-1, in US dollars a month or for so many. https://aws.amazon.com/pricing/ */
const DOLLARS = {
  secret: 0.4,
  key: 1,
  lambdaGigabyteSecond: 0.0000133334,
  lambdaRequest: 0.2 / 1e6,
  sqsRequest: 0.5 / 1e6,
  schedulerCall: 1 / 1e6,
  secretsCall: 0.05 / 10_000,
  kmsCall: 0.03 / 10_000,
  logGigabyte: 0.5,
};
const REFRESHES_A_MONTH = (30.4 * 24 * 60) / 25;
const MEMORY_GIGABYTES = 0.5;
const LOG_LINE_BYTES = 1_500;
/** Receive, delete, and an empty poll now and then. */
const SQS_CALLS = 4;
/** Two decryptions and two encryptions of parameters. */
const KMS_CALLS = 4;

/** What an environment costs a month, from the duration that a warm refresh has here. */
export async function costSection(): Promise<Section> {
  const seconds = (await warmRefreshMs()) / 1000;
  const compute = seconds * MEMORY_GIGABYTES * DOLLARS.lambdaGigabyteSecond + DOLLARS.lambdaRequest;
  const calls =
    SQS_CALLS * DOLLARS.sqsRequest +
    DOLLARS.schedulerCall +
    DOLLARS.secretsCall +
    KMS_CALLS * DOLLARS.kmsCall;
  const log = (LOG_LINE_BYTES / 1e9) * DOLLARS.logGigabyte;
  const rows = [1, 10, 70].map((tokens) => {
    const refreshes = tokens * REFRESHES_A_MONTH;
    const parts = [
      DOLLARS.key + tokens * DOLLARS.secret,
      refreshes * compute,
      refreshes * calls,
      refreshes * log,
      monitoringCost(tokens).dollars,
    ];
    const sum = parts.reduce((one, other) => one + other, 0);
    return [String(tokens), ...[...parts, sum, sum / tokens].map((dollars) => dollars.toFixed(2))];
  });
  return {
    title: 'Cost',
    text: `Dollars a month at us-east-1 list prices, free tiers left out: a warm refresh takes ${Math.round(seconds * 1000)} ms here, with a token API and an AWS that answer in 20 ms each. Secrets Manager's rotation would cost the same secrets and functions, rotates at most every four hours, and leaves the tokens to you.`,
    head: ['tokens', 'key and secrets', 'compute', 'calls', 'log', 'monitoring', 'in all', 'each'],
    rows,
    targets: [],
  };
}

async function warmRefreshMs(): Promise<number> {
  await using world = await openWorld(['payments-api']);
  world.aws.faults.add({ operation: '*', fault: 'delay', delayMs: 20, times: Number.POSITIVE_INFINITY });
  world.api.faults.add('refresh', { kind: 'slow', milliseconds: 20 });
  const times: number[] = [];
  for (let round = 0; round < 9; round++) {
    world.makeOlder();
    const startedAt = performance.now();
    await world.refreshAll();
    times.push(performance.now() - startedAt);
  }
  return statisticsOf(times).median;
}
