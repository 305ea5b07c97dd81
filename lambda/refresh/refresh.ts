import type { Clock } from '../../contract/clock.ts';
import type { TokenSettings } from '../../contract/function-settings.ts';
import { LIMITS, SECOND } from '../../contract/times.ts';
import type { CredentialsStore } from '../aws/credentials.ts';
import type { State, StateStore } from '../aws/state.ts';
import type { TokenApi } from '../token-api/token-api.ts';
import {
  isAnswer,
  isSatisfied,
  isSuperseded,
  MINIMUM_GAP,
  newCredentialsDue,
  rationedFor,
} from './limits.ts';
import { obtain } from './obtain.ts';
import { RefreshError } from './refresh-error.ts';
import type { RefreshRequest } from './request.ts';
import { retryInSeconds, secondsLeft } from './retry.ts';
import type { Session } from './session.ts';
import { newTrace, type Trace } from './trace.ts';

const READ_SECONDS = 3;
/** Kept free at the end of an attempt, so that a token that was granted can also be stored. */
const WRITE_SECONDS = 3;

export interface RefreshDeps {
  readonly settings: TokenSettings;
  readonly states: StateStore;
  readonly credentials: CredentialsStore;
  readonly tokenApi: TokenApi;
  readonly clock: Clock;
}

/** How an attempt ended. With `retryInSeconds` the request stays on the queue that long; else it is done with. */
export type Ending =
  /** A new access token is stored. One that is stored late, or that an earlier request got, is no answer: the request goes on. */
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

export interface Outcome {
  readonly ending: Ending;
  readonly trace: Trace;
  /** The session at the end; absent if it was not read. */
  readonly session?: Session;
  /** Version of the access-token parameter at the end, where there is one. */
  readonly version?: number;
}

/** One attempt to satisfy one request. Three round trips: read the state, ask the token API, write. */
export async function refresh(request: RefreshRequest, deps: RefreshDeps): Promise<Outcome> {
  const { settings, states, clock } = deps;
  const startedAt = clock.now();
  const trace = newTrace();
  if (isSuperseded(request, settings, startedAt)) return { ending: { kind: 'superseded' }, trace };

  const loaded = await orFailure(states.load(READ_SECONDS * SECOND));
  if (loaded instanceof RefreshError) return { ending: failed(loaded, request, deps), trace };
  const state = loaded;

  const end = startedAt + LIMITS.attemptSeconds * SECOND;
  const save = async (
    session: Session,
    accessToken: string | undefined,
    isFresh: boolean,
  ): Promise<Outcome> => {
    const stored = await orFailure(states.save({ session, accessToken }, end - clock.now()));
    if (stored instanceof RefreshError) return { ending: failed(stored, request, deps), trace, session };
    const how = session.granted?.how ?? 'login';
    const version = stored?.version;
    const isEnough = isFresh || isAnswer(request, session, stored?.writtenAt ?? 0);
    return {
      ending: { kind: 'refreshed', how, version, ...(!isEnough && { retryInSeconds: 1 }) },
      trace,
      session,
      ...(version !== undefined && { version }),
    };
  };
  if (isWorthSaving(state, clock.now())) return save(state.session, state.unsaved.accessToken, false);

  const idle = reasonToDoNothing(request, state, deps);
  if (idle !== undefined && newCredentialsDue(state, clock.now()) === undefined)
    return { ending: idle, trace, ...known(state) };

  const deadline = end - WRITE_SECONDS * SECOND;
  const obtained = await obtain({ ...deps, request, state, trace, deadline }, idle === undefined);
  if ('accessToken' in obtained) return save(obtained.session, obtained.accessToken, true);

  const { session, failure } = obtained;
  const recorded =
    session === state.session || (await orFailure(states.save({ session }, end - clock.now())));
  if (idle !== undefined) return { ending: idle, trace, ...known(state), session };
  return {
    ending: failed(failure, request, deps, recorded instanceof RefreshError && wereRefused(trace)),
    trace,
    ...known(state),
    session,
  };
}

function reasonToDoNothing(
  request: RefreshRequest,
  state: State,
  { settings, clock }: RefreshDeps,
): Ending | undefined {
  if (isSatisfied(request, state, clock.now())) return { kind: 'satisfied' };
  const waitMs = rationedFor(request, state, settings, clock.now());
  if (waitMs <= 0) return undefined;
  // Meanwhile the token's other messages wait, one that tells of new credentials perhaps: for no more than a minute.
  return { kind: 'put-off', retryInSeconds: Math.ceil(Math.min(waitMs, MINIMUM_GAP) / SECOND) };
}

/** An earlier attempt was granted a token that could not be written: it is written now, and nobody is called. */
const isWorthSaving = (state: State, now: number): state is State & Required<Pick<State, 'unsaved'>> =>
  state.unsaved !== undefined && (state.session.granted?.expiresAt ?? 0) > now;

const wereRefused = ({ calls }: Trace): boolean =>
  calls.some(({ code }) => code === 'CredentialsRefused' || code === 'AccountLocked');

/**
 * @param unrecorded credentials were refused, and the session could not be written: what no other process can know of
 *   must not be repeated before the schedule for refused credentials allows it, so the request holds its turn as long
 *   as it may.
 */
function failed(
  failure: RefreshError,
  request: RefreshRequest,
  { settings, clock }: RefreshDeps,
  unrecorded = false,
): Ending {
  const retry = unrecorded
    ? secondsLeft(request, settings, clock.now())
    : retryInSeconds({ failure, request, settings, now: clock.now(), random: clock.random() });
  return { kind: 'failed', failure, ...(retry !== undefined && { retryInSeconds: retry }) };
}

const known = ({ session, accessToken }: State): Pick<Outcome, 'session' | 'version'> => ({
  session,
  ...(accessToken !== undefined && { version: accessToken.version }),
});

/** Failures that an attempt expects come back as values; anything else is a defect and goes on as an error. */
async function orFailure<T>(promise: Promise<T>): Promise<T | RefreshError> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof RefreshError) return error;
    throw error;
  }
}
