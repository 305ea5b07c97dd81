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
import { hasToTellOfRuns, isPerhapsSpent, loginGoesFirst, tokensToShow } from './refresh-rules.ts';
import type { RefreshRequest } from './request.ts';
import { isAnswer, isSatisfied, isSuperseded, rateLimitedFor, renewalAt } from './request-rules.ts';
import { failedLoginsOf, type Session, withRefreshTokenPerhapsSpent } from './session.ts';
import type { State, StoredParameter } from './state.ts';
import { latestHiding, type Wait, waitUntil } from './waiting.ts';

/** How an attempt ended. With `wait` the request is tried again; else it is done with. */
export type Ending =
  /**
   * A new access token is stored. It waits if that does not satisfy the request (stored too late, or granted for an earlier
   * one), or to renew a token that dies before the next tick.
   */
  | {
      readonly kind: 'refreshed';
      readonly how: 'login' | 'refresh';
      readonly version: number | undefined;
      readonly wait?: Wait;
    }
  /** The stored access token is already newer than the request. It waits to renew one that dies before the next tick. */
  | { readonly kind: 'satisfied'; readonly wait?: Wait }
  /** The request is older than the interval: the next tick's has taken over. */
  | { readonly kind: 'superseded' }
  /** The stored access token is too young to be replaced. */
  | { readonly kind: 'put-off'; readonly wait: Wait }
  | { readonly kind: 'failed'; readonly failure: RefreshError; readonly wait?: Wait };

/** What an attempt does next. */
export type Step =
  | { readonly do: 'read' }
  | { readonly do: 'log in'; readonly login: AllowedLogin; readonly mayRepeat: boolean }
  | { readonly do: 'refresh'; readonly tokens: SessionTokens; readonly mayRepeat: boolean }
  /** Writes the session, and the access token unless that is stored already. */
  | {
      readonly do: 'store';
      readonly session: Session;
      readonly accessToken: string | undefined;
      readonly wait: Wait | undefined;
    }
  /** Writes the session alone, before this end. */
  | { readonly do: 'remember'; readonly session: Session; readonly ending: Ending }
  | { readonly do: 'end'; readonly ending: Ending };

/** What an attempt has done so far, and what came of it. */
export interface Tried {
  /** The state as it was read. */
  readonly read?: State | RefreshError;
  readonly login?: { readonly failure: RefreshError; readonly login: AllowedLogin };
  readonly refresh?: RefreshError;
  /** An access token was granted; without a value: it is stored already, and is not written again. */
  readonly granted?: { readonly accessToken: string | undefined };
  /** The access token as it is stored now; undefined only if it was deleted since. */
  readonly store?:
    | { readonly stored: StoredParameter | undefined; readonly wait: Wait | undefined }
    | RefreshError;
  readonly remember?: { readonly ending: Ending; readonly failure?: RefreshError };
}

/** All that decides. */
export interface Situation {
  readonly request: RefreshRequest;
  readonly settings: TokenSettings;
  /** The login request as the settings describe it, hashed. */
  readonly loginRequest: string;
  readonly tried: Tried;
  /** As this attempt has changed it. */
  readonly session: Session;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** In [0, 1), for jitter. */
  readonly random: () => number;
}

/**
 * The rules of a refresh: what an attempt does next. Asked again after each step; calls nobody. The order below is the
 * order of the rules, which docs/design.md explains.
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

  // What this attempt has found out already is no reason to stop.
  const idle = tried.refresh === undefined ? reasonToDoNothing(situation, read) : undefined;
  const call = nextCall(situation, read, idle !== undefined);
  return call ?? endWith(idle ?? withoutToken(situation, read), situation, read);
}

const end = (ending: Ending): Step => ({ do: 'end', ending });

/** What was learned is written first. */
function endWith(ending: Ending, situation: Situation, read: State): Step {
  const session = worthRemembering(ending, situation, read);
  return session === read.session ? end(ending) : { do: 'remember', session, ending };
}

/** An earlier attempt was granted a token that could not be written: it is written now, and nobody is called. */
const isWorthStoring = (state: State, now: number): state is State & Required<Pick<State, 'unsaved'>> =>
  state.unsaved !== undefined && (state.session.granted?.expiresAt ?? 0) > now;

/** A token that dies before the next tick is renewed in between. */
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

/** A refusal that could not be written is known to its message alone, which stays hidden for as long as it may. */
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
    // The token may have been got for the tick before, which leaves its renewal to this one.
    const renews = request.requestedBy === 'schedule' || request.requestedBy === 'wake-up';
    const wait = renews ? untilRenewal(situation) : undefined;
    return { kind: 'satisfied', ...(wait !== undefined && { wait }) };
  }
  const waitMs = rateLimitedFor(request, state, settings, now);
  return waitMs > 0 ? { kind: 'put-off', wait: waitUntil(now + waitMs, situation) } : undefined;
}

/**
 * New credentials are reason enough for a call. Otherwise the refresh token comes first, unless the API asks for the
 * reverse, and a login if that does not help: seldom while the refresh endpoint alone is down.
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
  const login = loginAsLastResort({ ...situation, credentials });
  const tokens = refresh === undefined ? tokensToShow(situation, read) : undefined;
  const waitsForLogin = loginGoesFirst(
    situation,
    read,
    triedLogin === undefined ? login : { failure: triedLogin.failure, ...dueOf(login) },
  );
  if (tokens !== undefined && !waitsForLogin) {
    return { do: 'refresh', tokens, mayRepeat: settings.api.reuse === 'allowed' };
  }
  if (triedLogin !== undefined) return undefined;
  const isRationed = refresh !== undefined && isOutage(refresh.kind) && !isPerhapsSpent(situation);
  if (isRationed && !mayLogInDespiteOutage(request, session, now)) return undefined;
  return 'failure' in login ? undefined : logIn(login, session);
}

const dueOf = (login: AllowedLogin | NoLogin): Pick<NoLogin, 'dueAt'> =>
  'dueAt' in login ? { dueAt: login.dueAt } : {};

/** Once it was answered, a login is not repeated in the same attempt: only at the first try of an outage. */
const logIn = (login: AllowedLogin, session: Session): Step => ({
  do: 'log in',
  login,
  mayRepeat: failedLoginsOf(session, login) === undefined,
});

/** Why there is no new token, and when that is tried again: a refresh token that may work waits for no credentials. */
function withoutToken(situation: Situation, { credentials }: State): Ending {
  const { tried, now } = situation;
  const { login, refresh } = tried;
  if (refresh !== undefined && refresh.kind !== 'refused') {
    const wasTried = login !== undefined && !login.login.isNew && !isVerdict(login.failure);
    const failure = wasTried ? login.failure : refresh;
    return failed(situation, failure, now + backOff(situation, failure));
  }
  const noLogin = loginAsLastResort({ ...situation, credentials });
  const loginFailure = login?.failure ?? ('failure' in noLogin ? noLogin.failure : undefined);
  const failure = loginFailure ?? refresh;
  if (failure === undefined) throw new Error('a call that is allowed was not made');
  const due = 'failure' in noLogin ? (noLogin.dueAt ?? 0) : 0;
  return failed(situation, failure, due > now ? due : now + backOff(situation, failure));
}

/** The session that is written before this end; the one that was read, if that says it all. */
function worthRemembering(
  ending: Ending,
  situation: Situation,
  { credentials, session: read }: State,
): Session {
  const { request, settings, now } = situation;
  // The receives tell of runs that died to this request alone, and only until a failed attempt is written.
  const session = isPerhapsSpent(situation)
    ? withRefreshTokenPerhapsSpent(situation.session)
    : situation.session;
  if (ending.kind !== 'failed') return withWakeUp(session, 'wait' in ending ? ending.wait : undefined);
  const noted = credentials === 'none' ? withoutCredentials(session, now) : session;
  const awake = withWakeUp(noted, ending.wait);
  // The receives go on telling of them.
  if (ending.failure.code === 'RunsDied') return awake;
  // Runs that died are told by their absence.
  const isWrittenAnyway = awake !== read || settings.api.reuse === 'revokes';
  return afterFailedAttempt(awake, request, { now, isWrittenAnyway });
}

const backOff = ({ request, settings, session, random }: Situation, failure: RefreshError): number =>
  backOffMs({ failure, tries: tries(session, request), settings, random: random() });

function failed(situation: Situation, failure: RefreshError, retryAt: number): Ending {
  if (retryAt === Number.POSITIVE_INFINITY) return { kind: 'failed', failure };
  return { kind: 'failed', failure, wait: waitUntil(retryAt, situation) };
}
