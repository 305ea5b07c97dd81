import type { TokenSettings } from '../../contract/function-settings.ts';
import { SECOND } from '../../contract/times.ts';
import { retryInSeconds, secondsLeft } from './back-off.ts';
import {
  type AllowedLogin,
  isVerdict,
  loginAsLastResort,
  loginWithNewCredentials,
  mayLogInDespiteOutage,
  withoutCredentials,
} from './credential-rules.ts';
import { RefreshError } from './refresh-error.ts';
import type { RefreshRequest } from './request.ts';
import { isAnswer, isSatisfied, isSuperseded, MINIMUM_GAP, rateLimitedFor } from './request-rules.ts';
import { liveRefreshToken, type Session } from './session.ts';
import type { State, StoredParameter } from './state.ts';

/** How an attempt ended. With `retryInSeconds` the request stays on the queue that long; else it is done with. */
export type Ending =
  /** A new access token is stored. If it does not satisfy this request (stored too late, or granted for an earlier one), `retryInSeconds` is set. */
  | {
      readonly kind: 'refreshed';
      readonly how: 'login' | 'refresh';
      readonly version: number | undefined;
      readonly retryInSeconds?: number;
    }
  /** The stored access token is already newer than the request. */
  | { readonly kind: 'satisfied' }
  /** The request is older than the interval: the next tick's has taken over. */
  | { readonly kind: 'superseded' }
  /** The stored access token is too young to be replaced. */
  | { readonly kind: 'put-off'; readonly retryInSeconds: number }
  | { readonly kind: 'failed'; readonly failure: RefreshError; readonly retryInSeconds?: number };

/** What an attempt does next. */
export type Step =
  | { readonly do: 'read' }
  | { readonly do: 'log in'; readonly login: AllowedLogin }
  | { readonly do: 'refresh'; readonly refreshToken: string }
  /** Writes the session, and the access token unless that was written before. */
  | { readonly do: 'store'; readonly accessToken: string | undefined }
  /** Writes the session alone. */
  | { readonly do: 'remember'; readonly session: Session }
  | { readonly do: 'end'; readonly ending: Ending };

/** What an attempt has done so far, and what came of it. */
export interface Tried {
  /** The state as it was read. */
  readonly read?: State | RefreshError;
  readonly login?: { readonly failure: RefreshError; readonly login: AllowedLogin };
  readonly refresh?: RefreshError;
  /** An access token that was granted. */
  readonly granted?: string;
  /** The access token as it is stored now; undefined only if it was deleted since. */
  readonly store?: { readonly stored: StoredParameter | undefined } | RefreshError;
  /** The session that was written alone, or could not be. */
  readonly remember?: { readonly session: Session; readonly failure?: RefreshError };
}

/** All that decides. */
export interface Situation {
  readonly request: RefreshRequest;
  readonly settings: TokenSettings;
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
  if (tried.read === undefined) {
    return isSuperseded(request, settings, now) ? end({ kind: 'superseded' }) : { do: 'read' };
  }
  if (tried.read instanceof RefreshError) return end(failed(tried.read, situation));
  if (tried.store !== undefined) return end(afterStoring(tried.store, situation));
  if (tried.granted !== undefined) return { do: 'store', accessToken: tried.granted };
  if (isWorthStoring(tried.read, now)) return { do: 'store', accessToken: tried.read.unsaved.accessToken };

  const idle = reasonToDoNothing(situation, tried.read);
  const call = nextCall(situation, tried.read, idle !== undefined);
  if (call !== undefined) return call;

  const session = worthRemembering(situation, tried.read, idle !== undefined);
  const remembered = tried.remember?.session ?? tried.read.session;
  if (session !== remembered) return { do: 'remember', session };
  return end(idle ?? failed(failureOf(situation, tried.read), situation, isUnrecorded(tried)));
}

const end = (ending: Ending): Step => ({ do: 'end', ending });

/** An earlier attempt was granted a token that could not be written: it is written now, and nobody is called. */
const isWorthStoring = (state: State, now: number): state is State & Required<Pick<State, 'unsaved'>> =>
  state.unsaved !== undefined && (state.session.granted?.expiresAt ?? 0) > now;

function afterStoring(store: NonNullable<Tried['store']>, situation: Situation): Ending {
  if (store instanceof RefreshError) return failed(store, situation);
  const { request, session, tried } = situation;
  const { stored } = store;
  const isEnough = tried.granted !== undefined || isAnswer(request, session, stored?.writtenAt ?? 0);
  return {
    kind: 'refreshed',
    how: session.granted?.how ?? 'login',
    version: stored?.version,
    ...(!isEnough && { retryInSeconds: 1 }),
  };
}

function reasonToDoNothing({ request, settings, session, now }: Situation, read: State): Ending | undefined {
  const state = { ...read, session };
  if (isSatisfied(request, state, now)) return { kind: 'satisfied' };
  const waitMs = rateLimitedFor(request, state, settings, now);
  if (waitMs <= 0) return undefined;
  // FIFO: hiding this message blocks the token's other messages, such as new credentials. So for a minute at most.
  return { kind: 'put-off', retryInSeconds: Math.ceil(Math.min(waitMs, MINIMUM_GAP) / SECOND) };
}

/**
 * New credentials are reason enough for a call. Otherwise the refresh token comes first, and a login if that does not
 * help: seldom while the refresh endpoint alone is down.
 */
function nextCall(situation: Situation, { credentials }: State, isIdle: boolean): Step | undefined {
  const { request, session, tried, now } = situation;
  if (tried.login === undefined) {
    const login = loginWithNewCredentials({ credentials, session, now });
    if (login !== undefined && tried.refresh === undefined) return { do: 'log in', login };
  }
  if (isIdle) return undefined;
  const refreshToken = liveRefreshToken(session, now);
  if (refreshToken !== undefined && tried.refresh === undefined) return { do: 'refresh', refreshToken };
  if (tried.login !== undefined) return undefined;
  if (tried.refresh?.kind === 'outage' && !mayLogInDespiteOutage(request, session, now)) return undefined;
  const login = loginAsLastResort({ ...situation, credentials });
  return login instanceof RefreshError ? undefined : { do: 'log in', login };
}

function worthRemembering({ session, now }: Situation, { credentials }: State, isIdle: boolean): Session {
  return credentials === 'none' && !isIdle ? withoutCredentials(session, now) : session;
}

/** Why there is no new token. A refresh token that may work again soon is worth a retry, whatever is wrong with the credentials. */
function failureOf(situation: Situation, { credentials }: State): RefreshError {
  const { login, refresh } = situation.tried;
  if (refresh?.kind === 'outage' && (login === undefined || login.login.isNew)) return refresh;
  const failure = login?.failure ?? asFailure(loginAsLastResort({ ...situation, credentials }));
  const mayWorkAgain = refresh !== undefined && refresh.kind !== 'refused';
  return mayWorkAgain && isVerdict(failure) ? refresh : failure;
}

function asFailure(login: AllowedLogin | RefreshError): RefreshError {
  if (login instanceof RefreshError) return login;
  throw new Error('a login that is allowed was not tried');
}

/** Credentials were refused, and the session that should say so could not be written. */
const isUnrecorded = ({ login, remember }: Tried): boolean =>
  remember?.failure !== undefined && login?.failure.code === 'CredentialsRefused';

/**
 * @param unrecorded what no other process can know of must not be repeated before the rules on refused credentials allow
 *   it, so the request keeps its message hidden as long as it may.
 */
function failed(
  failure: RefreshError,
  { request, settings, now, random }: Situation,
  unrecorded = false,
): Ending {
  const retry = unrecorded
    ? secondsLeft(request, settings, now)
    : retryInSeconds({ failure, request, settings, now, random: random() });
  return { kind: 'failed', failure, ...(retry !== undefined && { retryInSeconds: retry }) };
}
