import type { Fetch } from '../../client/index.ts';

let running = 0;
const waiting: (() => void)[] = [];

/** The global `fetch`, a hundred calls at a time: a thousand at once are too many for a busy machine. */
export const fetchAHundredAtATime: Fetch = async (input, init) => {
  if (running === 100) await new Promise<void>((resolve) => waiting.push(resolve));
  else running++;
  try {
    return await fetch(input, init);
  } finally {
    const next = waiting.shift();
    if (next === undefined) running--;
    else next();
  }
};
