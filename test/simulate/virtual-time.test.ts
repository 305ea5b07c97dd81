import { expect, it } from 'vitest';
import { VirtualTime } from '../../simulate/virtual-time.ts';

it('passes without waiting, in order of time and then of asking', async () => {
  const time = new VirtualTime(1000);
  const seen: string[] = [];
  const note = (what: string) => () => seen.push(`${what} ${time.now()}`);
  time.at(1003, note('third'));
  time.at(1002, note('first'));
  time.at(1002, note('second'));
  time.at(0, note('overdue'));
  await time.runUntil(1003);
  expect(seen).toEqual(['overdue 1000', 'first 1002', 'second 1002', 'third 1003']);
});

it('stands still until every promise has gone on to its next wait', async () => {
  const time = new VirtualTime();
  const seen: number[] = [];
  const walk = async (pace: number) => {
    for (let step = 0; step < 3; step++) {
      await time.sleep(pace);
      for (let turn = 0; turn < 50; turn++) await undefined;
      seen.push(time.now());
    }
  };
  void walk(10);
  void walk(15);
  await time.runUntil(100);
  expect(seen).toEqual([10, 15, 20, 30, 30, 45]);
  expect(time.now()).toBe(100);
});

it('runs what is due at its end, and leaves the rest for later', async () => {
  const time = new VirtualTime();
  const seen: number[] = [];
  for (const at of [5, 6]) time.at(at, () => seen.push(at));
  await time.runUntil(5);
  expect(seen).toEqual([5]);
  await time.runUntil(6);
  expect(seen).toEqual([5, 6]);
});

it('lets go of what was taken back', async () => {
  const time = new VirtualTime();
  const seen: string[] = [];
  const takeBack = time.after(5, () => seen.push('taken back'));
  time.after(3, takeBack);
  await time.runUntil(10);
  expect(seen).toEqual([]);
});

it('runs what an action adds for the same moment, in that moment', async () => {
  const time = new VirtualTime();
  const seen: number[] = [];
  time.at(5, () => time.at(5, () => seen.push(time.now())));
  await time.runUntil(5);
  expect(seen).toEqual([5]);
});
