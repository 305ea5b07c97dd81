import {
  HOUR,
  LIMITS,
  LOGIN_PAUSE_JITTER,
  loginPauseCapSeconds,
  MINUTE,
  pauseCapSeconds,
  SECOND,
} from '../../contract/times.ts';
import type { ReceivedMessage } from '../../fakes/memory-aws/queue-message.ts';
import { sqsRecord } from '../../fakes/memory-aws/sqs-record.ts';
import { CALL_SECONDS } from '../../lambda/refresh/call-token-api.ts';
import { WINDOW } from '../../lambda/refresh/login-budget.ts';
import { parseRequest } from '../../lambda/refresh/request.ts';
import type { Fault, Span } from '../../simulate/faults.ts';
import { total } from '../../simulate/simulation.ts';
import type { TokenCall } from '../../simulate/token-host.ts';
import { START, type Times } from '../../simulate/world.ts';
import { OTHER_TOKEN, type Played, TOKEN, type Write } from './script.ts';

const SPARE_SECONDS = 3;

const AFTER_PAUSE_SECONDS = LIMITS.attemptSeconds + SPARE_SECONDS;
export const RECOVERY_AFTER_CRASH_SECONDS = LIMITS.visibilitySeconds + AFTER_PAUSE_SECONDS;

/** After runs that died logins wait for as many receives again: 20 s each, where those that died took a minute each. */
export const recoverySecondsAfter = ({ kind, from, to }: Fault): number =>
  RECOVERY_AFTER_CRASH_SECONDS + (kind === 'crash' ? (to - from) / SECOND / 3 : 0);

/** How long after the end of trouble a valid token may take, in seconds. */
export const secondsAfter = (fault: Fault, { times, faults }: Played): number =>
  Math.max(longestPauseSeconds(fault, times), loginPauseSeconds(faults, times)) + AFTER_PAUSE_SECONDS;

/** Where the refresh token may be spent and its successor lost, a login is left: it waits longer after answers that may be a lock. */
function loginPauseSeconds(faults: readonly Fault[], { intervalSeconds }: Times): number {
  const kinds = faults.map(({ kind }) => kind);
  if (!kinds.some((kind) => SESSION_LOST.has(kind))) return 0;
  const mayBeLocks = faults.some(
    (fault) =>
      ['api-answers', 'api-hangs'].includes(fault.kind) ||
      (fault.kind === 'api-slow' && fault.milliseconds > CALL_SECONDS * SECOND),
  );
  return mayBeLocks
    ? WINDOW / SECOND
    : loginPauseCapSeconds('account', intervalSeconds) * (1 + LOGIN_PAUSE_JITTER);
}

const SESSION_LOST = new Set<Fault['kind']>([
  'api-slow',
  'api-answer-lost',
  'parameters-unwritable',
  'crash',
]);

function longestPauseSeconds(fault: Fault, { intervalSeconds }: Times): number {
  const cap = pauseCapSeconds(intervalSeconds);
  if (fault.kind !== 'api-answers') return cap;
  const { status, headers } = fault.answer;
  // The request itself was turned away.
  if (status === 403 || status === 404) return LIMITS.pauseCapSeconds.most;
  const asked = Number(headers['retry-after'] ?? 0);
  // No outage: a minute.
  const least = status < 500 && status !== 429 ? MINUTE / SECOND : cap;
  return Math.max(cap, least, Math.min(asked, intervalSeconds));
}

/** Seconds from the start, for messages. */
export const clockTime = (time: number): number => Math.round((time - START) / 10) / 100;

/** A token may expire while it is being written. */
const WRITE_MS = SECOND;

/** Writes that put a token in place that nobody issued, that had expired, or that is refused where the old one was not. */
export function worseWrites({ writes, world, times }: Played): Write[] {
  const calls = world.host(TOKEN).calls;
  const issuedAt = new Map(calls.flatMap((call) => (issued(call) ? [[issued(call)?.token, call.from]] : [])));
  return writes.filter(({ at, value, isAccepted, wasAccepted }) => {
    const from = issuedAt.get(value);
    const isExpired = from === undefined || at >= from + times.accessTokenLifetimeSeconds * SECOND + WRITE_MS;
    return isExpired || (wasAccepted && !isAccepted);
  });
}

export const issued = ({ work }: TokenCall): { token: string; refreshToken: string } | undefined =>
  typeof work === 'object' ? work : undefined;

/** Calls to one token API that began before the one before had ended. */
export function simultaneousCalls({ world }: Played): TokenCall[] {
  return [TOKEN, OTHER_TOKEN].flatMap((token) => {
    const { calls } = world.host(token);
    return calls.filter((call, index) => {
      const before = calls[index - 1];
      return before !== undefined && (before.to ?? Number.POSITIVE_INFINITY) > call.from;
    });
  });
}

/** Whatever left the process and holds a password or a token. */
export function leaks({ emitted, passwords, world, refresher }: Played): string[] {
  const tokens = world.host(TOKEN).calls.flatMap((call) => Object.values(issued(call) ?? {}));
  const letters = refresher.deadLetters.receive({ maxMessages: 10 }).map((letter) => JSON.stringify(letter));
  const everything = [...emitted, ...letters].join('\n');
  return [...passwords, ...tokens].filter((secret) => everything.includes(secret));
}

/** Runs that ended badly though no crash was asked for: a defect, or too slow for the function's time limit. */
export function unexplainedCrashes({ runs, faults }: Played): unknown[] {
  const crashes = faults.filter(({ kind }) => kind === 'crash');
  return runs
    .filter(({ result }) => result === 'crashed')
    .filter(({ endedAt }) => !crashes.some(({ from, to }) => from <= endedAt && endedAt <= to + MINUTE))
    .map(({ error }) => error);
}

/** Attempts that took longer than they may, by their log lines. */
export function slowAttempts({ emitted }: Played): string[] {
  return emitted.filter((line) => {
    const [, milliseconds] = /"durationMs":(\d+)/.exec(line) ?? [];
    return Number(milliseconds ?? 0) > LIMITS.attemptSeconds * SECOND;
  });
}

/**
 * Requests that were not done with within the interval, five minutes and the attempt that then sees it: when each was
 * sent. Time in which runs die is not counted.
 */
export function endlessRequests({ runs, until, times, faults }: Played): number[] {
  const crashing = faults
    .filter(({ kind }) => kind === 'crash')
    .map(({ from, to }) => ({ from, to: to + LIMITS.visibilitySeconds * SECOND }));
  const longest = (times.intervalSeconds + LIMITS.attemptSeconds + SPARE_SECONDS) * SECOND + 5 * MINUTE;
  const endedAt = new Map<string, number>();
  for (const { message, result, endedAt: at } of runs) {
    if (result === 'succeeded' && !endedAt.has(message.messageId)) endedAt.set(message.messageId, at);
  }
  const requests = runs.map(({ message }) => message).filter(isRequest);
  const received = new Map(requests.map((message) => [message.messageId, message]));
  return [...received.values()]
    .filter(({ messageId, sentAt }) => {
      const life = { from: sentAt, to: endedAt.get(messageId) ?? until };
      return total(crashing.reduce(without, [life])) > longest;
    })
    .map(({ sentAt }) => clockTime(sentAt));
}

const isRequest = (message: ReceivedMessage): boolean =>
  !('rejected' in parseRequest(sqsRecord(message, '')));

/** Times without a valid token that no trouble explains, given how long after each there may still be none. */
export function unexplainedGaps(
  played: Played,
  secondsAfter: (fault: Fault, played: Played) => number,
): Span[] {
  const { world, faults, until } = played;
  const excused = faults.map((fault) => ({
    from: fault.from,
    to: fault.to + secondsAfter(fault, played) * SECOND,
  }));
  return world
    .host(TOKEN)
    .validity.gaps()
    .flatMap((gap) => excused.reduce(without, [gap]))
    .filter(({ from, to }) => to > from && from < until)
    .map(({ from, to }) => ({ from: clockTime(from), to: clockTime(to) }));
}

/** What is left of the spans when one is cut out. */
function without(spans: readonly Span[], cut: Span): readonly Span[] {
  return spans.flatMap(({ from, to }) =>
    [
      { from, to: Math.min(to, cut.from) },
      { from: Math.max(from, cut.to), to },
    ].filter((rest) => rest.to > rest.from),
  );
}

/** The minute counts from the first try of a call; the token may come of the second. */
const BLIP_MS = 5 * SECOND;

/** Stored tokens that were asked for less than a minute after the one before: when. */
export function tokensLessThanAMinuteApart({ writes, world }: Played): number[] {
  const askedAt = new Map(
    world.host(TOKEN).calls.flatMap((call) => {
      const token = issued(call)?.token;
      return token === undefined ? [] : [[token, call.from] as const];
    }),
  );
  const times = [...new Set(writes.map(({ value }) => askedAt.get(value) ?? 0))];
  return times.filter((time, index) => time - (times[index - 1] ?? 0) < MINUTE - BLIP_MS).map(clockTime);
}

/** Runs that die in a row before logins are rationed. */
const RUNS_WITH_LOGINS = 3;

/** Refreshes that showed a spent refresh token though a login was possible: when. */
export function reuses({ world, runs }: Played): number[] {
  const { calls } = world.host(TOKEN);
  const isSpentBefore = ({ presented, from }: TokenCall) =>
    calls.some((call) => call.presented === presented && call.from < from && issued(call) !== undefined);
  const diedBefore = (time: number) =>
    runs.filter(({ result, endedAt }) => result === 'crashed' && endedAt > time - HOUR / 2 && endedAt < time);
  return calls
    .filter((call) => call.kind === 'refresh' && call.work !== undefined && isSpentBefore(call))
    .filter(({ from }) => diedBefore(from).length < RUNS_WITH_LOGINS)
    .map(({ from }) => clockTime(from));
}

/** Of passwords: what docs/design.md allows in any 25 minutes, and one try that a request may ask for. */
const MOST_SHOWN = { refused: 2 + 1, any: 16 + 1 };
/** Of a client's secret. */
export const MOST_SHOWN_OF_CLIENT = { refused: 3 + 1, any: Number.POSITIVE_INFINITY };
const LIMIT_WINDOW = 25 * MINUTE;

/**
 * Logins that showed a password more often than is allowed in the 25 minutes before: when. Times in which Parameter Store
 * takes no session are left out: then each run may show it once.
 */
export function shownTooOften({ world, passwords, faults }: Played, most = MOST_SHOWN): number[] {
  const forgetful = faults
    .filter(({ kind }) => kind.startsWith('parameters'))
    .map(({ from, to }) => ({ from, to: to + LIMIT_WINDOW }));
  const isRemembered = (at: number) => !forgetful.some(({ from, to }) => from <= at && at <= to);
  return passwords.flatMap((password) => {
    const failed = world
      .host(TOKEN)
      .calls.filter((call) => call.presented === password && call.isSent && !isGranted(call));
    // A refusal that was lost on its way counts as the outage that it looked like.
    const refused = failed.filter(({ work, isAnswered }) => work === 'refused' && isAnswered);
    return [
      ...beyond(
        failed.map(({ from }) => from),
        most.any,
      ),
      ...beyond(
        refused.map(({ from }) => from),
        most.refused,
      ),
    ]
      .filter(isRemembered)
      .map(clockTime);
  });
}

const isGranted = (call: TokenCall): boolean => issued(call) !== undefined && call.isAnswered;

/** Those that have more than so many before them in the window. */
const beyond = (times: readonly number[], most: number): number[] =>
  times.filter((at) => times.filter((time) => time > at - LIMIT_WINDOW && time <= at).length > most);

/** Uses of refused credentials that could not be recorded: their answers were lost, or their runs died. */
export function unrecordedUses({ world, runs }: Played): number {
  const lost = world.host(TOKEN).calls.filter(({ work, isAnswered }) => work === 'refused' && !isAnswered);
  return lost.length + runs.filter(({ result }) => result === 'crashed').length;
}
