import type { FailureCode } from '../contract/failures.ts';
import { parseObject } from '../contract/json-object.ts';
import { MINUTE, SECOND } from '../contract/times.ts';
import type { Aws } from './aws/aws.ts';
import { queryLog, readLog } from './aws/log.ts';
import type { World } from './world.ts';

/** One attempt, as the function's log line tells it. */
export interface Attempt {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly token: string;
  readonly outcome: 'refreshed' | 'satisfied' | 'superseded' | 'put-off' | 'failed';
  readonly how?: 'login' | 'refresh';
  readonly code?: FailureCode;
  readonly detail?: string;
  readonly oauthError?: string;
  readonly apiStatus?: number;
  readonly credentials?: 'accepted' | 'refused' | 'no verdict';
  readonly credentialsVersion?: string;
  /** ISO 8601: since when the credentials that were last accepted are in use. */
  readonly credentialsSince?: string;
  readonly messageId?: string;
  readonly requestedBy?: string;
  readonly tries?: number;
  readonly parameterVersion?: number;
  readonly expiresAt?: string;
  readonly retryInSeconds?: number;
  readonly retryBy?: 'hidden' | 'wake-up' | 'next tick';
  readonly attention?: readonly string[];
}

/** Undefined for all other lines. The function writes the fields' types, so they are trusted. */
export function parseAttempt(line: string): Attempt | undefined {
  const fields = parseObject(line);
  if (typeof fields?.outcome !== 'string' || typeof fields.token !== 'string') return undefined;
  if (fields.code === 'UnknownToken') return undefined;
  return { ...fields, at: Date.parse(String(fields.timestamp)) } as unknown as Attempt;
}

/** How far back the log is read. */
const LOOKED_BACK_MS = 7 * 24 * 60 * MINUTE;

/** Both AWS and its emulators know it; these do not know `dedup`, which leaves more lines than one of a kind. */
const LATEST_OF_EACH_KIND =
  'fields @timestamp, @message, token, outcome | filter @message like /"outcome":/ | sort @timestamp desc | dedup token, outcome | limit 2000';

export interface LogProps {
  readonly aws: Aws;
  readonly world: World;
  readonly log: string;
}

/** Of each token the latest attempt of each outcome, newest first; undefined if the log does not answer in time. */
export const latestAttempts = (props: LogProps): Promise<Attempt[] | undefined> =>
  query(props, LATEST_OF_EACH_KIND);

/** The latest of a token, newest first. */
export const attemptsOf = (
  props: LogProps,
  { token, count }: { readonly token: string; readonly count: number },
): Promise<Attempt[] | undefined> =>
  query(
    props,
    `fields @timestamp, @message | filter @message like /"token":"${token}"/ | filter @message like /"outcome":/ | sort @timestamp desc | limit ${count}`,
  );

async function query({ aws, world, log }: LogProps, text: string): Promise<Attempt[] | undefined> {
  const now = world.now();
  const messages = await queryLog(aws, {
    log,
    query: text,
    from: now - LOOKED_BACK_MS,
    to: now + MINUTE,
    sleep: world.sleep,
  });
  return messages
    ?.flatMap((message) => parseAttempt(message) ?? [])
    .toSorted((one, other) => other.at - one.at);
}

/** This machine's clock may be wrong by that much. */
const CLOCKS_DIFFER_MS = 5 * MINUTE;
const LOOK_EVERY_MS = 1.5 * SECOND;

export interface Awaited extends LogProps {
  readonly token: string;
  /** When the waiting began to make sense, in milliseconds since the epoch. */
  readonly since: number;
  readonly seconds: number;
  /** True for the attempt that ends the waiting. */
  readonly isIt: (attempt: Attempt) => boolean;
  /** Told the attempts in between, and at each look. */
  readonly onLook: (attempts: readonly Attempt[]) => void;
}

/** Follows the log until the attempt is there; undefined if the time is over. */
export async function awaitAttempt(props: Awaited): Promise<Attempt | undefined> {
  const { aws, world, log, token, since, seconds, isIt, onLook } = props;
  const pattern = `{ ($.token = "${token}") && ($.outcome = *) }`;
  for (;;) {
    const lines = await readLog(aws, { log, pattern, from: since - CLOCKS_DIFFER_MS });
    const attempts = lines.flatMap((line) => parseAttempt(line) ?? []).filter((one) => one.token === token);
    const found = attempts.find(isIt);
    if (found !== undefined) return found;
    onLook(attempts);
    if (world.now() - since > seconds * SECOND) return undefined;
    await world.sleep(LOOK_EVERY_MS);
  }
}
