import { setImmediate } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { safely } from '../../client/events.ts';

const EVENT = { type: 'rejected', version: 1 } as const;

const fail = () => {
  throw new Error('a broken counter');
};

it.each([
  ['throws', fail],
  ['rejects', async () => fail()],
])('a listener that %s is told, and does no harm', async (_, listener) => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', note);
  onTestFinished(() => void process.off('unhandledRejection', note));
  const told: unknown[] = [];
  safely((event) => {
    told.push(event);
    return listener();
  })(EVENT);
  await setImmediate();
  expect(told).toEqual([EVENT]);
  expect(unhandled).toEqual([]);
});
