import { MINUTE, SECOND } from '../../contract/times.ts';
import type { AlarmDefinition } from './alarm-definition.ts';

/**
 * CloudWatch's evaluation of metric alarms, as it is documented:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation-window.html
 */

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** A datapoint. Times in milliseconds since the epoch. */
export interface Datum {
  readonly at: number;
  /** From when on CloudWatch shows it. */
  readonly visibleAt: number;
  readonly value: number;
}

export interface Transition {
  readonly at: number;
  readonly state: AlarmState;
}

/** Periods that a sliding window looks back beyond N. AWS names no number; its examples show 5 for N = 3. */
const FURTHER_BACK = 2;

/** All changes of an alarm's state, given when it was created and at which second of each minute it is looked at. */
export function evaluate(
  alarm: AlarmDefinition,
  data: readonly Datum[],
  { from, to, second }: { readonly from: number; readonly to: number; readonly second: number },
): Transition[] {
  if (alarm.periodSeconds * alarm.evaluationPeriods > 24 * 3600)
    throw new Error('evaluated once an hour only');
  const sorted = data.toSorted((a, b) => a.at - b.at);
  const transitions: Transition[] = [];
  let state: AlarmState = 'INSUFFICIENT_DATA';
  const start = from + alarm.warmUpMinutes * MINUTE;
  for (let at = Math.ceil(start / MINUTE) * MINUTE + second * SECOND; at <= to; at += MINUTE) {
    const next = judge(alarm, periodsAt(alarm, sorted, at), state);
    if (next !== state) transitions.push({ at, state: next });
    state = next;
  }
  return transitions;
}

/** Values of the periods looked at, oldest first; undefined: no data in that period. */
function periodsAt(
  { periodSeconds, evaluationPeriods, wallClock, statistic }: AlarmDefinition,
  sorted: readonly Datum[],
  now: number,
): (number | undefined)[] {
  const period = periodSeconds * SECOND;
  // By the clock: complete periods that are aligned to it. Sliding: periods that end with the last whole minute.
  const end = wallClock ? now - (now % period) : now - (now % MINUTE);
  const count = evaluationPeriods + (wallClock ? 0 : FURTHER_BACK);
  const first = firstIndexFrom(sorted, end - count * period);
  const values: number[][] = Array.from({ length: count }, () => []);
  for (let index = first; index < sorted.length; index++) {
    const { at, visibleAt, value } = sorted[index] as Datum;
    if (at >= end) break;
    if (visibleAt <= now) values[Math.floor((at - (end - count * period)) / period)]?.push(value);
  }
  return values.map((some) => (some.length === 0 ? undefined : STATISTICS[statistic](some)));
}

const STATISTICS: Readonly<Record<AlarmDefinition['statistic'], (values: readonly number[]) => number>> = {
  Minimum: (values) => Math.min(...values),
  Maximum: (values) => Math.max(...values),
  Sum: (values) => values.reduce((sum, value) => sum + value, 0),
};

function firstIndexFrom(sorted: readonly Datum[], time: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.at ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

type Judged = Pick<AlarmDefinition, 'breaches' | 'datapointsToAlarm' | 'evaluationPeriods' | 'missingData'>;

/** The state that follows from the periods, oldest first. How missing data counts matters only where real data is short of N. */
export function judge(
  alarm: Judged,
  periods: readonly (number | undefined)[],
  state: AlarmState,
): AlarmState {
  const { breaches, datapointsToAlarm, evaluationPeriods, missingData } = alarm;
  const real = periods.filter((value) => value !== undefined);
  const latest = real.slice(-evaluationPeriods);
  const breaching = latest.filter(breaches).length;
  const toFill = evaluationPeriods - latest.length;
  const verdict = (count: number): AlarmState => (count >= datapointsToAlarm ? 'ALARM' : 'OK');
  if (toFill <= 0 || missingData === 'notBreaching') return verdict(breaching);
  if (missingData === 'breaching') return verdict(breaching + toFill);
  if (breaching >= datapointsToAlarm) return 'ALARM';
  if (latest.length > breaching) return 'OK';
  // Nothing, or only breaching datapoints and too few of them.
  if (missingData === 'ignore') return state;
  return latest.length === 0 ? 'INSUFFICIENT_DATA' : 'ALARM';
}
