import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../contract/times.ts';
import type { AlarmDefinition } from './alarm-definition.ts';
import { type AlarmState, type Datum, evaluate, judge } from './evaluator.ts';

type Missing = AlarmDefinition['missingData'];

/** `0 - X -`: fine, no data, breaching, no data; oldest first. */
const points = (row: string) => row.split(' ').map((point) => ({ '0': 0, X: 1, '-': undefined })[point]);

function stateOf(row: string, missingData: Missing, datapointsToAlarm: number): AlarmState | 'as it was' {
  const alarm = {
    breaches: (value: number) => value >= 1,
    datapointsToAlarm,
    evaluationPeriods: 3,
    missingData,
  };
  const after = (before: AlarmState) => judge(alarm, points(row), before);
  return after('OK') === after('ALARM') ? after('OK') : 'as it was';
}

describe("AWS's own examples of missing data, 5 datapoints looked at for 3", () => {
  const [ok, alarm, none, same] = ['OK', 'ALARM', 'INSUFFICIENT_DATA', 'as it was'];

  it.each([
    { row: '0 - X - X', m: 3, states: [ok, ok, ok, ok] },
    { row: '0 - - - -', m: 3, states: [ok, ok, ok, ok] },
    { row: '- - - - -', m: 3, states: [none, same, alarm, ok] },
    { row: '0 X X - X', m: 3, states: [alarm, alarm, alarm, alarm] },
    { row: '- - X - -', m: 3, states: [alarm, same, alarm, ok] },
    { row: '0 - X - X', m: 2, states: [alarm, alarm, alarm, alarm] },
    { row: '0 0 X 0 X', m: 2, states: [alarm, alarm, alarm, alarm] },
    { row: '0 - X - -', m: 2, states: [ok, ok, alarm, ok] },
    { row: '- - - - 0', m: 2, states: [ok, ok, alarm, ok] },
    { row: '- - - X -', m: 2, states: [alarm, same, alarm, ok] },
  ])('$m of 3, $row', ({ row, m, states }) => {
    const kinds: readonly Missing[] = ['missing', 'ignore', 'breaching', 'notBreaching'];
    expect(kinds.map((missing) => stateOf(row, missing, m))).toEqual(states);
  });
});

const DEFINITION: AlarmDefinition = {
  name: 'alarm',
  description: '',
  actions: { alarm: [], ok: [] },
  metric: '',
  statistic: 'Sum',
  periodSeconds: 60,
  evaluationPeriods: 3,
  datapointsToAlarm: 3,
  breaches: (value) => value < 1,
  missingData: 'breaching',
  wallClock: true,
  warmUpMinutes: 0,
};

describe('time', () => {
  const point = (at: number, visibleAt = at): Datum => ({ at, visibleAt, value: 1 });
  const played = (change: Partial<AlarmDefinition>, data: readonly Datum[], second = 0) =>
    evaluate({ ...DEFINITION, ...change }, data, { from: 0, to: 20 * MINUTE, second }).map(
      ({ at, state }) => `${state} at ${at / SECOND} s`,
    );

  it('a wall-clock window is over N complete periods after the period of the last datapoint', () => {
    expect(played({}, [point(61 * SECOND)])).toEqual(['ALARM at 0 s', 'OK at 120 s', 'ALARM at 300 s']);
  });

  it('a sliding window hears silence later, while the old datapoint is still within its further look back', () => {
    const [, heard] = played({ wallClock: false }, [
      point(61 * SECOND),
      point(121 * SECOND),
      point(181 * SECOND),
    ]).slice(1);
    expect(heard).toBe('ALARM at 540 s');
  });

  it('a datapoint counts from when it is visible on, for the minute in which it was made', () => {
    expect(played({}, [point(61 * SECOND, 181 * SECOND)])).toEqual([
      'ALARM at 0 s',
      'OK at 240 s',
      'ALARM at 300 s',
    ]);
    expect(played({}, [point(61 * SECOND, 300 * SECOND)])).toEqual(['ALARM at 0 s']);
  });

  it('is looked at once a minute, at the same second', () => {
    expect(played({}, [point(61 * SECOND)], 59)).toEqual(['ALARM at 59 s', 'OK at 179 s', 'ALARM at 359 s']);
  });

  it('a warm-up says nothing', () => {
    expect(played({ warmUpMinutes: 10 }, [])).toEqual(['ALARM at 600 s']);
  });
});
