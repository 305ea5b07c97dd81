import type { Clock } from '../../contract/clock.ts';
import type { TokenSettings } from '../../contract/function-settings.ts';
import { LIMITS, SECOND } from '../../contract/times.ts';
import type { CredentialsStore } from '../aws/credentials.ts';
import type { Call, Grant } from '../token-api/answer.ts';
import type { TokenApi } from '../token-api/token-api.ts';
import { afterGrant } from './after-grant.ts';
import { type AllowedLogin, afterFailedLogin } from './credential-rules.ts';
import { decide, type Ending, type Situation, type Step } from './decide.ts';
import { RefreshError } from './refresh-error.ts';
import type { RefreshRequest } from './request.ts';
import { EMPTY_SESSION, type Session, withoutRefreshToken } from './session.ts';
import type { StateStore } from './state.ts';
import { newTrace, type Trace } from './trace.ts';

const READ_SECONDS = 3;
/** Kept free at the end of an attempt, so that a token that was granted can also be stored. */
const WRITE_SECONDS = 3;
const CALL_SECONDS = 5;
/** Time is kept for a refresh token, which needs no credentials. */
const READ_CREDENTIALS_SECONDS = 3;
/** A call with less time than this left is not begun. */
const SHORTEST_CALL_MS = 250;
const PAUSE_BEFORE_REPEAT_MS = { least: 200, most: 500 };

export interface RefreshDeps {
  readonly settings: TokenSettings;
  readonly states: StateStore;
  readonly credentials: CredentialsStore;
  readonly tokenApi: TokenApi;
  readonly clock: Clock;
}

export interface Outcome {
  readonly ending: Ending;
  readonly trace: Trace;
  /** The session at the end; absent if it was not read. */
  readonly session?: Session;
  /** Version of the access-token parameter at the end, where there is one. */
  readonly version?: number;
}

/** One attempt to satisfy one request: asks {@link decide} what to do, and does it, until it says that this is the end. */
export async function refresh(request: RefreshRequest, deps: RefreshDeps): Promise<Outcome> {
  const attempt = new Attempt(request, deps);
  for (;;) {
    const step = decide(attempt.situation());
    if (step.do === 'end') return attempt.outcome(step.ending);
    await attempt.perform(step);
  }
}

type Knowledge = Pick<Situation, 'session' | 'tried'>;

/** Does what was decided, within the attempt's time, and keeps what came of it. */
class Attempt {
  readonly #request: RefreshRequest;
  readonly #deps: RefreshDeps;
  readonly #trace = newTrace();
  readonly #end: number;
  #known: Knowledge = { session: EMPTY_SESSION, tried: {} };

  constructor(request: RefreshRequest, deps: RefreshDeps) {
    this.#request = request;
    this.#deps = deps;
    this.#end = deps.clock.now() + LIMITS.attemptSeconds * SECOND;
  }

  situation(): Situation {
    const { settings, clock } = this.#deps;
    return { ...this.#known, request: this.#request, settings, now: clock.now(), random: clock.random };
  }

  outcome(ending: Ending): Outcome {
    const { tried, session } = this.#known;
    const { read, store } = tried;
    if (read === undefined || read instanceof RefreshError) return { ending, trace: this.#trace };
    const accessToken = store !== undefined && 'stored' in store ? store.stored : read.accessToken;
    return {
      ending,
      trace: this.#trace,
      session,
      ...(accessToken !== undefined && { version: accessToken.version }),
    };
  }

  async perform(step: Exclude<Step, { do: 'end' }>): Promise<void> {
    const { tried } = this.#known;
    switch (step.do) {
      case 'read': {
        const read = await orFailure(this.#deps.states.load(READ_SECONDS * SECOND));
        const session = read instanceof RefreshError ? EMPTY_SESSION : read.session;
        this.#known = { session, tried: { ...tried, read } };
        return;
      }
      case 'log in':
        this.#known = await this.#logIn(step.login);
        return;
      case 'refresh':
        this.#known = await this.#refresh(step.refreshToken);
        return;
      case 'store': {
        const stored = await this.#save(this.#known.session, step.accessToken);
        this.#known = {
          ...this.#known,
          tried: { ...tried, store: stored instanceof RefreshError ? stored : { stored } },
        };
        return;
      }
      case 'remember': {
        const { session } = step;
        const saved = await this.#save(session);
        const remember = saved instanceof RefreshError ? { session, failure: saved } : { session };
        this.#known = { session, tried: { ...tried, remember } };
      }
    }
  }

  async #logIn(login: AllowedLogin): Promise<Knowledge> {
    const { settings, credentials, clock } = this.#deps;
    const { session: before, tried } = this.#known;
    // A refresh endpoint that is down, so a login instead: that is rationed.
    const session =
      tried.refresh?.kind === 'outage' ? { ...before, loginDespiteOutageAt: clock.now() } : before;
    const { versionId } = login;
    const read = await orFailure(
      credentials.read(
        settings.credentialsSecretId,
        versionId,
        Math.min(READ_CREDENTIALS_SECONDS * SECOND, this.#callsEnd() - clock.now()),
      ),
    );
    const askedAt = clock.now();
    const grant =
      read instanceof RefreshError ? read : await this.#call('login', (api, ms) => api.login(read, ms));
    if (grant instanceof RefreshError) {
      const now = clock.now();
      this.#trace.credentialsTried(grant);
      return {
        session: afterFailedLogin({ session, settings, now, login, failure: grant }),
        tried: { ...tried, login: { failure: grant, login } },
      };
    }
    this.#trace.credentialsTried('accepted');
    return this.#granted('login', { session, grant, askedAt, versionId });
  }

  async #refresh(refreshToken: string): Promise<Knowledge> {
    const { session, tried } = this.#known;
    const askedAt = this.#deps.clock.now();
    const grant = await this.#call('refresh', (api, timeoutMs) => api.refresh(refreshToken, timeoutMs));
    if (!(grant instanceof RefreshError)) return this.#granted('refresh', { session, grant, askedAt });
    return {
      session: grant.kind === 'refused' ? withoutRefreshToken(session) : session,
      tried: { ...tried, refresh: grant },
    };
  }

  #granted(
    how: Call,
    granted: { session: Session; grant: Grant; askedAt: number; versionId?: string },
  ): Knowledge {
    const { settings } = this.#deps;
    return {
      session: afterGrant({ request: this.#request, settings, how, ...granted }),
      tried: { ...this.#known.tried, granted: granted.grant.accessToken },
    };
  }

  /** One call to the token API, within its time; a blip is tried once more. */
  async #call(
    kind: Call,
    send: (api: TokenApi, timeoutMs: number) => Promise<Grant>,
  ): Promise<Grant | RefreshError> {
    const { clock, tokenApi } = this.#deps;
    const end = Math.min(this.#callsEnd(), clock.now() + CALL_SECONDS * SECOND);
    const once = async (): Promise<Grant | RefreshError> => {
      const startedAt = clock.now();
      const timeoutMs = end - startedAt;
      if (timeoutMs < SHORTEST_CALL_MS) {
        return new RefreshError('ApiTimeout', { detail: 'no time left in this attempt' });
      }
      const answer = await orFailure(send(tokenApi, timeoutMs));
      this.#trace.called(kind, clock.now() - startedAt, answer instanceof RefreshError ? answer : undefined);
      return answer;
    };
    const first = await once();
    if (!(first instanceof RefreshError)) return first;
    const { least, most } = PAUSE_BEFORE_REPEAT_MS;
    const pause = least + clock.random() * (most - least);
    if (first.fields.blip !== true || end - clock.now() <= pause + SHORTEST_CALL_MS) return first;
    await clock.sleep(pause);
    return once();
  }

  #save(session: Session, accessToken?: string) {
    const { states, clock } = this.#deps;
    return orFailure(states.save({ session, accessToken }, this.#end - clock.now()));
  }

  /** No call to the token API or Secrets Manager goes on after this time: the writes need what is left. */
  #callsEnd(): number {
    return this.#end - WRITE_SECONDS * SECOND;
  }
}

/** Failures that an attempt expects come back as values; anything else is a defect and goes on as an error. */
async function orFailure<T>(promise: Promise<T>): Promise<T | RefreshError> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof RefreshError) return error;
    throw error;
  }
}
