import { expect, it } from 'vitest';
import { within } from '../../../lambda/aws/sdk.ts';

it.each([5_000, 2_499.5, 0.5, 0, -7.5])('a call may have whatever time is left: %d ms', (timeoutMs) => {
  expect(within(timeoutMs).abortSignal.aborted).toBe(false);
});
