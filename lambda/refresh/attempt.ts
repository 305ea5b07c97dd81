import type { Clock } from '../../contract/clock.ts';
import { isOutage } from '../../contract/failures.ts';
import type { TokenSettings } from '../../contract/function-settings.ts';
import { jwtClaims } from '../../contract/jwt.ts';
import { LIMITS, SECOND } from '../../contract/times.ts';
import type { CredentialsStore } from '../aws/credentials.ts';
import type { Call, Grant } from '../token-api/answer.ts';
import type { TokenApi } from '../token-api/token-api.ts';
import { afterGrant } from './after-grant.ts';
import { type Called, type CallProps, callTokenApi, orFailure } from './call-token-api.ts';
import { type AllowedLogin, afterFailedLogin } from './credential-rules.ts';
import { decide, type Ending, type Situation, type Step } from './decide.ts';
import { tries } from './failing.ts';
import { withoutFuture } from './read-session.ts';
import { RefreshError } from './refresh-error.ts';
import { mayHaveSpent } from './refresh-rules.ts';
import type { RefreshRequest } from './request.ts';
import { isRejected } from './request-rules.ts';
import {
  EMPTY_SESSION,
  failedLoginsOf,
  type LoginKey,
  type Session,
  withoutRefreshToken,
  withRefreshTokenPerhapsSpent,
} from './session.ts';
import type { State, StateStore } from './state.ts';
import { newTrace, type Trace } from './trace.ts';

const READ_SECONDS = 3;
/** Reserved at the end of an attempt, so that a granted token can be stored. */
const WRITE_SECONDS = 3;
/** Leaves time to use the refresh token instead, which needs no credentials. */
const READ_CREDENTIALS_SECONDS = 3;

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
  /** Version of the credentials that is AWSCURRENT, where it is known. */
  readonly credentialsVersion?: string;
  /** Attempts since the latest success, this one included. */
  readonly tries: number;
}

/** One attempt at one request: performs the steps that {@link decide} returns until it returns the end. */
export async function refresh(request: RefreshRequest, deps: RefreshDeps): Promise<Outcome> {
  const attempt = new Attempt(request, deps);
  for (;;) {
    const step = decide(attempt.situation());
    if (step.do === 'end') return attempt.outcome(step.ending);
    await attempt.perform(step);
  }
}

type Knowledge = Pick<Situation, 'session' | 'tried'>;

/** Performs steps within the attempt's time, and records their results for the next decision. */
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
    const { settings, tokenApi, clock } = this.#deps;
    const { loginRequest } = tokenApi;
    return {
      ...this.#known,
      request: this.#request,
      settings,
      loginRequest,
      now: clock.now(),
      random: clock.random,
    };
  }

  outcome(ending: Ending): Outcome {
    const { tried, session } = this.#known;
    const { read, store } = tried;
    if (read === undefined || read instanceof RefreshError) {
      return { ending, trace: this.#trace, tries: this.#request.attempt };
    }
    const accessToken = store !== undefined && 'stored' in store ? store.stored : read.accessToken;
    const versionId = versionOf(read);
    return {
      ending,
      trace: this.#trace,
      session,
      tries: tries(read.session, this.#request) + 1,
      ...(accessToken !== undefined && { version: accessToken.version }),
      ...(versionId !== undefined && { credentialsVersion: versionId }),
    };
  }

  async perform(step: Exclude<Step, { do: 'end' }>): Promise<void> {
    switch (step.do) {
      case 'read':
        return this.#read();
      case 'log in':
        return this.#logIn(step);
      case 'refresh':
        return this.#refresh(step);
      case 'store': {
        const { session, accessToken, wait } = step;
        const stored = await this.#save(session, accessToken);
        return this.#learn(session, { store: stored instanceof RefreshError ? stored : { stored, wait } });
      }
      case 'remember': {
        const { session, ending } = step;
        const saved = await this.#save(session);
        return this.#learn(session, {
          remember: saved instanceof RefreshError ? { ending, failure: saved } : { ending },
        });
      }
    }
  }

  #learn(session: Session, tried: Situation['tried']): void {
    this.#known = { session, tried: { ...this.#known.tried, ...tried } };
  }

  async #read(): Promise<void> {
    const { states, clock } = this.#deps;
    const read = await orFailure(states.load(READ_SECONDS * SECOND));
    const isFailure = read instanceof RefreshError;
    this.#learn(isFailure ? EMPTY_SESSION : withoutFuture(read.session, clock.now()), { read });
  }

  async #logIn({ login, mayRepeat }: Extract<Step, { do: 'log in' }>): Promise<void> {
    const { settings, credentials, tokenApi, clock } = this.#deps;
    const { session: before, tried } = this.#known;
    // A login because the refresh endpoint is down is rate limited.
    const isDespiteOutage = tried.refresh !== undefined && isOutage(tried.refresh.kind);
    const session = isDespiteOutage ? { ...before, loginDespiteOutageAt: clock.now() } : before;
    const timeoutMs = Math.min(READ_CREDENTIALS_SECONDS * SECOND, this.#callsEnd() - clock.now());
    const read = await orFailure(
      credentials
        .read(settings.credentialsSecretId, login.versionId, timeoutMs)
        .then((value) => tokenApi.parseCredentials(value)),
    );
    if (read instanceof RefreshError) return this.#notLoggedIn({ session, login, failure: read, shown: [] });
    const askedAt = clock.now();
    const send: CallProps['send'] = (api, timeoutMs) => api.login(read, timeoutMs);
    const { grant, shown } = await this.#call({ call: 'login', send, mayRepeat });
    if (grant instanceof RefreshError) return this.#notLoggedIn({ session, login, failure: grant, shown });
    if (this.#isRejected(grant)) {
      const failure = new RefreshError('TokenRepeated');
      return this.#notLoggedIn({ session, login, failure, shown: [] });
    }
    this.#trace.credentialsTried('accepted');
    this.#granted('login', { session, grant, askedAt, login });
  }

  #notLoggedIn(failed: {
    session: Session;
    login: AllowedLogin;
    failure: RefreshError;
    shown: readonly number[];
  }): void {
    const { login, failure } = failed;
    this.#trace.credentialsTried(failure.kind === 'unusable' ? 'accepted' : failure);
    const session = afterFailedLogin({ ...failed, now: this.#deps.clock.now() });
    this.#learn(session, { login: { failure, login } });
  }

  async #refresh({ tokens, mayRepeat }: Extract<Step, { do: 'refresh' }>): Promise<void> {
    const { session } = this.#known;
    const askedAt = this.#deps.clock.now();
    const send: CallProps['send'] = (api, timeoutMs) => api.refresh(tokens, timeoutMs);
    const { grant } = await this.#call({ call: 'refresh', send, mayRepeat });
    if (grant instanceof RefreshError) {
      return this.#learn(this.#afterFailedRefresh(session, grant, askedAt), { refresh: grant });
    }
    this.#granted('refresh', { session, grant, askedAt });
    // The new refresh token is kept; the access token is useless.
    if (this.#isRejected(grant)) {
      const { granted: _, ...tried } = this.#known.tried;
      this.#known = { ...this.#known, tried: { ...tried, refresh: new RefreshError('TokenRepeated') } };
    }
  }

  /** A refusal of the client or the account counts as a refusal of the credentials: the refresh token may still be valid. */
  #afterFailedRefresh(session: Session, failure: RefreshError, askedAt: number): Session {
    if (failure.code === 'RefreshTokenRefused') return withoutRefreshToken(session);
    const { api } = this.#deps.settings;
    if (api.reuse === 'revokes' && mayHaveSpent(failure)) return withRefreshTokenPerhapsSpent(session);
    const versionId = versionOf(this.#known.tried.read);
    if (failure.kind !== 'refused' || versionId === undefined) return session;
    const { tokenApi, clock } = this.#deps;
    const login = { versionId, request: tokenApi.loginRequest };
    // Already counted: a repetition is no news about the credentials.
    if ((failedLoginsOf(session, login)?.refusals ?? 0) > 0) return session;
    this.#trace.credentialsTried(failure);
    return afterFailedLogin({ session, login, failure, shown: [askedAt], now: clock.now() });
  }

  #granted(how: Call, granted: { session: Session; grant: Grant; askedAt: number; login?: LoginKey }): void {
    const { settings } = this.#deps;
    const { accessToken, notes = [] } = granted.grant;
    this.#trace.noted(notes);
    const isRepeated = accessToken === this.#stored()?.value;
    // Clients count a token's lifetime from when it was stored, unless the token states its own.
    const isWritten = !isRepeated || jwtClaims(accessToken).exp === undefined;
    const session = afterGrant({ request: this.#request, settings, how, isRepeated, ...granted });
    this.#learn(session, { granted: { accessToken: isWritten ? accessToken : undefined } });
  }

  /** The token API returned the same access token that a consumer reported as rejected. */
  #isRejected({ accessToken }: Grant): boolean {
    const stored = this.#stored();
    return stored?.value === accessToken && isRejected(this.#request, stored);
  }

  #stored() {
    const { read } = this.#known.tried;
    return read === undefined || read instanceof RefreshError ? undefined : read.accessToken;
  }

  #call(props: Pick<CallProps, 'call' | 'send' | 'mayRepeat'>): Promise<Called> {
    const { clock, tokenApi } = this.#deps;
    return callTokenApi({ ...props, end: this.#callsEnd(), clock, tokenApi, trace: this.#trace });
  }

  #save(session: Session, accessToken?: string) {
    const { states, clock } = this.#deps;
    return orFailure(states.save({ session, accessToken }, this.#end - clock.now()));
  }

  /** Calls to the token API and Secrets Manager end by this time. The rest is for the writes. */
  #callsEnd(): number {
    return this.#end - WRITE_SECONDS * SECOND;
  }
}

/** Version of the credentials that is AWSCURRENT, where it is known. */
function versionOf(read: State | RefreshError | undefined): string | undefined {
  if (read === undefined || read instanceof RefreshError) return undefined;
  const { credentials } = read;
  return credentials === 'none' || credentials instanceof RefreshError ? undefined : credentials.versionId;
}
