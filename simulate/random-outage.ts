import type { Trouble } from './faults.ts';

const HOWS: readonly Trouble[] = [
  { kind: 'api-refuses' },
  { kind: 'api-hangs' },
  { kind: 'api-answers', answer: { status: 503, headers: {}, body: '<html>Service Unavailable</html>' } },
];

/** One of the ways in which a token API is down. */
export const randomOutage = (random: () => number): Trouble =>
  HOWS[Math.floor(random() * HOWS.length)] as Trouble;
