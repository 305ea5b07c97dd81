import type { Readable, Writable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';

export interface Output extends Writable {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** What a command works with; a test brings its own. */
export interface World {
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Output;
  readonly stderr: Output;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Settings of all SDK clients beside those that the options say. */
  readonly clientSettings?: Readonly<Record<string, unknown>>;
}

export const processWorld = (): World => ({
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  now: Date.now,
  sleep: (ms) => setTimeout(ms),
});
