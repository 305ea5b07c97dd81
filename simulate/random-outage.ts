import type { Trouble } from './faults.ts';

export const HANGS: Trouble = { kind: 'api-hangs' };
export const ANSWERS_503: Trouble = {
  kind: 'api-answers',
  answer: { status: 503, headers: {}, body: '<html>Service Unavailable</html>' },
};

const HOWS: readonly Trouble[] = [{ kind: 'api-refuses' }, HANGS, ANSWERS_503];

/** One of the ways in which a token API is down. */
export const randomOutage = (random: () => number): Trouble =>
  HOWS[Math.floor(random() * HOWS.length)] as Trouble;
