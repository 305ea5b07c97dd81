import { getEventListeners } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { SharedWork } from '../../client/shared-work.ts';
import { withinLimit } from '../../client/time-limit.ts';
import { systemClock } from '../../contract/clock.ts';

const limit = { ms: 60_000, clock: systemClock, error: () => new Error('too late') };

it.each<[string, (signal: AbortSignal) => Promise<unknown>]>([
  ['a sleep', (signal) => systemClock.sleep(1, signal)],
  ['shared work', (signal) => new SharedWork(() => setImmediate()).join(signal)],
  ['work within a limit', (signal) => withinLimit(() => setImmediate(), { ...limit, signal })],
])('%s leaves nothing behind on a signal that outlives it', async (_, wait) => {
  const { signal } = new AbortController();
  const ended = wait(signal);
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  await ended;
  await setImmediate();
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});
