import { isOutage } from '../../contract/failures.ts';
import type { TokenSettings } from '../../contract/function-settings.ts';
import { SECOND } from '../../contract/times.ts';
import type { SessionTokens } from '../token-api/token-api.ts';
import { backOffMs } from './back-off.ts';
import {
  type AllowedLogin,
  isVerdict,
  loginAsLastResort,
  loginWithNewCredentials,
  mayLogInDespiteOutage,
  type NoLogin,
  withoutCredentials,
} from './credential-rules.ts';
import { afterFailedAttempt, tries } from './failing.ts';
import { RefreshError } from './refresh-error.ts';
import {
  hasToTellOfRuns,
  isPerhapsSpent,
  loginGoesFirst,
  pausedRefresh,
  tokensToShow,
} from './refresh-rules.ts';
import type { RefreshRequest } from './request.ts';
import { isAnswer, isSatisfied, isSuperseded, rateLimitedFor, renewalAt } from './request-rules.ts';
import { type FailedRefresh, failedLoginsOf, type Session, withRefreshTokenPerhapsSpent } from './session.ts';
import type { State, StoredParameter } from './state.ts';
import { LONGEST_HIDING, latestHiding, type Wait, waitUntil } from './waiting.ts';

/** How an attempt ended. With `wait` the request is tried again, without it the request is finished. */
export type Ending =
  /**
   * A new access token is stored. `wait` is set if it does not satisfy this request (stored too late, or granted for an
   * earlier one), or to renew a token that expires before the next tick.
   */
  | {
      readonly kind: 'refreshed';
      readonly how: 'login' | 'refresh';
      readonly version: number | undefined;
      readonly wait?: Wait;
    }
  /** The stored access token is already newer than the request. `wait` is set if it expires before the next tick. */
  | { readonly kind: 'satisfied'; readonly wait?: Wait }
  /** The request is older than the interval, so the next tick's request has replaced it. */
  | { readonly kind: 'superseded' }
  /** The stored access token is too young to be replaced. */
  | { readonly kind: 'put-off'; readonly wait: Wait }
  | { readonly kind: 'failed'; readonly failure: RefreshError; readonly wait?: Wait };

/** What an attempt does next. */
export type Step =
  | { readonly do: 'read' }
  | { readonly do: 'log in'; readonly login: AllowedLogin; readonly mayRepeat: boolean }
  | { readonly do: 'refresh'; readonly tokens: SessionTokens; readonly mayRepeat: boolean }
  /** Writes the session, and the access token unless it is already stored. */
  | {
      readonly do: 'store';
      readonly session: Session;
      readonly accessToken: string | undefined;
      readonly wait: Wait | undefined;
    }
  /** Writes only the session; the attempt then ends with this ending. */
  | { readonly do: 'remember'; readonly session: Session; readonly ending: Ending }
  | { readonly do: 'end'; readonly ending: Ending };

/** The results of the steps so far. */
export interface Tried {
  /** The state as it was read. */
  readonly read?: State | RefreshError;
  readonly login?: { readonly failure: RefreshError; readonly login: AllowedLogin };
  readonly refresh?: RefreshError;
  /** An access token was granted. Without a value it is already stored and not written again. */
  readonly granted?: { readonly accessToken: string | undefined };
  /** The access token as it is stored now; undefined only if it was deleted in the meantime. */
  readonly store?:
    | { readonly stored: StoredParameter | undefined; readonly wait: Wait | undefined }
    | RefreshError;
  readonly remember?: { readonly ending: Ending; readonly failure?: RefreshError };
}

/** Everything that a decision depends on. */
export interface Situation {
  readonly request: RefreshRequest;
  readonly settings: TokenSettings;
  /** The login request as the settings describe it, hashed. */
  readonly loginRequest: string;
  readonly tried: Tried;
  /** Including this attempt's changes. */
  readonly session: Session;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** In [0, 1), for jitter. */
  readonly random: () => number;
}

/**
 * The rules of a refresh: returns the next step of an attempt. A pure function, called again after each step. The rules apply
 * in the order below; docs/design.md explains them.
 */
export function decide(situation: Situation): Step {
  const { request, settings, tried, now } = situation;
  const { read } = tried;
  const isLate = isSuperseded(request, settings, now);
  if (read === undefined) {
    return isLate && !hasToTellOfRuns(situation) ? end({ kind: 'superseded' }) : { do: 'read' };
  }
  if (read instanceof RefreshError) {
    return end(isLate ? { kind: 'superseded' } : failed(situation, read, now + backOff(situation, read)));
  }
  if (tried.store !== undefined) return end(afterStoring(tried.store, situation));
  if (tried.granted !== undefined) return store(situation, tried.granted.accessToken);
  if (tried.remember !== undefined) return end(afterRemembering(tried.remember, situation));
  if (isLate && hasToTellOfRuns(situation)) return endWith({ kind: 'superseded' }, situation, read);
  if (isWorthStoring(read, now)) return store(situation, read.unsaved.accessToken);

  // Once a refresh was tried, the attempt goes on even if the state now looks satisfactory.
  const idle = tried.refresh === undefined ? reasonToDoNothing(situation, read) : undefined;
  const call = nextCall(situation, read, idle !== undefined);
  return call ?? endWith(idle ?? withoutToken(situation, read), situation, read);
}

const end = (ending: Ending): Step => ({ do: 'end', ending });

/** Writes the session first, if it changed. */
function endWith(ending: Ending, situation: Situation, read: State): Step {
  const session = worthRemembering(ending, situation, read);
  return session === read.session ? end(ending) : { do: 'remember', session, ending };
}

/** A token that an earlier attempt could not write is written now, without a call to the token API. */
const isWorthStoring = (state: State, now: number): state is State & Required<Pick<State, 'unsaved'>> =>
  state.unsaved !== undefined && (state.session.granted?.expiresAt ?? 0) > now;

/** Stores, and plans a renewal if the token expires before the next tick. */
function store(situation: Situation, accessToken: string | undefined): Step {
  const wait = untilRenewal(situation);
  return { do: 'store', session: withWakeUp(situation.session, wait), accessToken, wait };
}

function untilRenewal(situation: Situation): Wait | undefined {
  const { granted } = situation.session;
  const renewal = granted === undefined ? Number.POSITIVE_INFINITY : renewalAt(granted, situation.settings);
  return renewal === Number.POSITIVE_INFINITY ? undefined : waitUntil(renewal, situation);
}

const withWakeUp = (session: Session, wait: Wait | undefined): Session =>
  wait?.how === 'wake-up' && wait.isNew ? { ...session, wakeUpAt: wait.until } : session;

function afterStoring(store: NonNullable<Tried['store']>, situation: Situation): Ending {
  const { request, session, tried, now } = situation;
  if (store instanceof RefreshError) return failed(situation, store, now + backOff(situation, store));
  const { stored } = store;
  const isEnough = tried.granted !== undefined || isAnswer(request, session, stored?.writtenAt ?? 0);
  const wait = isEnough ? store.wait : waitUntil(now + SECOND, situation);
  return {
    kind: 'refreshed',
    how: session.granted?.how ?? 'login',
    version: stored?.version,
    ...(wait !== undefined && { wait }),
  };
}

/** A refusal that could not be recorded must not be repeated soon, so the message stays hidden as long as possible. */
function afterRemembering(
  { ending, failure }: NonNullable<Tried['remember']>,
  { request, settings, tried, now }: Situation,
): Ending {
  const isUnrecorded = failure !== undefined && tried.login?.failure.kind === 'refused';
  if (!isUnrecorded || ending.kind !== 'failed') return ending;
  return { ...ending, wait: { how: 'hidden', until: latestHiding(request, settings, now) } };
}

function reasonToDoNothing(situation: Situation, read: State): Ending | undefined {
  const { request, settings, session, now } = situation;
  const state = { ...read, session };
  if (isSatisfied(request, state, settings, now)) {
    // A token that was granted for the previous tick is renewed by this request.
    const renews = request.requestedBy === 'schedule' || request.requestedBy === 'wake-up';
    const wait = renews ? untilRenewal(situation) : undefined;
    return { kind: 'satisfied', ...(wait !== undefined && { wait }) };
  }
  const waitMs = rateLimitedFor(request, state, settings, now);
  return waitMs > 0 ? { kind: 'put-off', wait: waitUntil(now + waitMs, situation) } : undefined;
}

/**
 * New credentials are always tried. Otherwise the refresh token comes first, unless the settings say the reverse; then a
 * login, which is rate limited while only the refresh endpoint is down.
 */
function nextCall(situation: Situation, read: State, isIdle: boolean): Step | undefined {
  const { request, settings, session, tried, now } = situation;
  const { credentials } = read;
  const { login: triedLogin, refresh } = tried;
  if (triedLogin === undefined && refresh === undefined) {
    const login = loginWithNewCredentials({ ...situation, credentials });
    if (login !== undefined) return logIn(login, session);
  }
  if (isIdle) return undefined;
  const tokens = tokensToShowNow(situation, read);
  const paused = tokens && pausedRefresh(situation);
  if (tokens !== undefined && paused === undefined) {
    return { do: 'refresh', tokens, mayRepeat: settings.api.reuse === 'allowed' };
  }
  if (triedLogin !== undefined) return undefined;
  const login = loginAsLastResort({ ...situation, credentials });
  const failure = refresh ?? paused?.failure;
  const isRationed = failure !== undefined && isOutage(failure.kind) && !isPerhapsSpent(situation);
  if (isRationed && !mayLogInDespiteOutage(request, session, now)) return undefined;
  return 'failure' in login ? undefined : logIn(login, session);
}

/** What a refresh would present, if a refresh is the next thing to try. */
function tokensToShowNow(situation: Situation, read: State): SessionTokens | undefined {
  const { login: triedLogin, refresh } = situation.tried;
  if (refresh !== undefined) return undefined;
  const login = loginAsLastResort({ ...situation, credentials: read.credentials });
  const waitsForLogin = loginGoesFirst(
    situation,
    read,
    triedLogin === undefined ? login : { failure: triedLogin.failure, ...dueOf(login) },
  );
  return waitsForLogin ? undefined : tokensToShow(situation, read);
}

const dueOf = (login: AllowedLogin | NoLogin): Pick<NoLogin, 'dueAt'> =>
  'dueAt' in login ? { dueAt: login.dueAt } : {};

/** A login is repeated within an attempt only if it is the first that failed: the pauses of login-budget.ts apply afterwards. */
const logIn = (login: AllowedLogin, session: Session): Step => ({
  do: 'log in',
  login,
  mayRepeat: failedLoginsOf(session, login) === undefined,
});

/** Why there is no new token, and when the request is retried. If the refresh token may work, limits on logins do not delay it. */
function withoutToken(situation: Situation, read: State): Ending {
  const { tried, now } = situation;
  const { credentials } = read;
  const { login } = tried;
  const paused = tokensToShowNow(situation, read) && pausedRefresh(situation);
  const refresh = tried.refresh ?? paused?.failure;
  if (refresh !== undefined && refresh.kind !== 'refused') {
    const wasTried = login !== undefined && !login.login.isNew && !isVerdict(login.failure);
    if (paused !== undefined && !wasTried) return failed(situation, refresh, paused.until);
    const failure = wasTried ? login.failure : refresh;
    return failed(situation, failure, now + backOff(situation, failure));
  }
  const noLogin = loginAsLastResort({ ...situation, credentials });
  const loginFailure = login?.failure ?? ('failure' in noLogin ? noLogin.failure : undefined);
  const failure = loginFailure ?? refresh;
  if (failure === undefined) throw new Error('a call that is allowed was not made');
  const due = 'failure' in noLogin ? (noLogin.dueAt ?? 0) : 0;
  if (due > now) return failed(situation, failure, due);
  const pause = backOff(situation, failure);
  // Not by wake-up: that is a new message, whose receive count would not include the runs that died.
  return failed(
    situation,
    failure,
    now + (failure.code === 'RunsDied' ? Math.min(pause, LONGEST_HIDING) : pause),
  );
}

/** The session to write before this ending; the one that was read, if nothing changed. */
function worthRemembering(
  ending: Ending,
  situation: Situation,
  { credentials, session: read }: State,
): Session {
  const { request, settings, now } = situation;
  // Only this message's receive count shows that runs died, so the session has to record it for later requests.
  const session = isPerhapsSpent(situation)
    ? withRefreshTokenPerhapsSpent(situation.session)
    : situation.session;
  if (ending.kind !== 'failed') return withWakeUp(session, 'wait' in ending ? ending.wait : undefined);
  const noted = credentials === 'none' ? withoutCredentials(session, now) : session;
  const awake = withWakeUp(noted, ending.wait);
  // Not counted as a failed attempt: the receive count has to keep showing the runs that died.
  if (ending.failure.code === 'RunsDied') return awake;
  // With `revokes` every failed attempt is recorded, so that a missing record means that a run died.
  const isWrittenAnyway = awake !== read || settings.api.reuse === 'revokes';
  return afterFailedAttempt(awake, request, { now, isWrittenAnyway, refresh: failedRefresh(situation) });
}

/** Recorded if the pause is longer than its message is hidden, because other requests may come first. Without jitter. */
function failedRefresh({ tried, request, settings, session, now }: Situation): FailedRefresh | undefined {
  const { refresh: failure } = tried;
  if (failure === undefined) return undefined;
  const pauseMs = backOffMs({ failure, tries: tries(session, request), settings, random: 0 });
  return pauseMs > LONGEST_HIDING ? { code: failure.code, at: now, pauseMs } : undefined;
}

const backOff = ({ request, settings, session, random }: Situation, failure: RefreshError): number =>
  backOffMs({ failure, tries: tries(session, request), settings, random: random() });

function failed(situation: Situation, failure: RefreshError, retryAt: number): Ending {
  if (retryAt === Number.POSITIVE_INFINITY) return { kind: 'failed', failure };
  return { kind: 'failed', failure, wait: waitUntil(retryAt, situation) };
}
