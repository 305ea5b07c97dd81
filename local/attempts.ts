import { parseObject } from '../contract/json-object.ts';
/** One attempt of the refresher, as its log line tells it. */
export interface Attempt {
  /** How it ended: `refreshed`, `satisfied`, `superseded`, `put-off` or `failed`. */
  readonly outcome: string;
  /** How the new access token was got: `login` or `refresh`; undefined: there is none. */
  readonly how: string | undefined;
  readonly requestedBy: string | undefined;
  /** Milliseconds since the epoch; undefined: no access token is stored. */
  readonly expiresAt: number | undefined;
  /** Why there is no new access token. */
  readonly code: string | undefined;
  readonly retryInSeconds: number | undefined;
}

/**
 * Reads a line of the function's log.
 * @returns undefined for lines that tell of no attempt, such as Lambda's own and embedded metrics
 */
export function parseAttempt(line: string): Attempt | undefined {
  const fields = parseObject(line);
  if (typeof fields?.outcome !== 'string') return undefined;
  const { outcome, how, requestedBy, expiresAt, code, retryInSeconds } = fields;
  return {
    outcome,
    how: text(how),
    requestedBy: text(requestedBy),
    expiresAt: typeof expiresAt === 'string' ? Date.parse(expiresAt) : undefined,
    code: text(code),
    retryInSeconds: typeof retryInSeconds === 'number' ? retryInSeconds : undefined,
  };
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
