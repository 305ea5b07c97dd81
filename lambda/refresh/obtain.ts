import type { Clock } from '../../contract/clock.ts';
import { isOutage } from '../../contract/failures.ts';
import type { TokenSettings } from '../../contract/function-settings.ts';
import { SECOND } from '../../contract/times.ts';
import type { Credentials, CredentialsStore } from '../aws/credentials.ts';
import { hash, type State } from '../aws/state.ts';
import type { Call, Grant } from '../token-api/answer.ts';
import type { TokenApi } from '../token-api/token-api.ts';
import {
  liveRefreshToken,
  mayLogInDespiteOutage,
  mayTryOutOfTurn,
  newCredentialsDue,
  nextTryOfCredentials,
  undecidedUntil,
} from './limits.ts';
import { RefreshError } from './refresh-error.ts';
import type { RefreshRequest } from './request.ts';
import { refusalOf, type Session, withoutRefreshToken, withoutRefusal, withRefusal } from './session.ts';
import type { Trace } from './trace.ts';

const CALL_SECONDS = 5;
/** Time is kept for a refresh token, which needs no credentials. */
const READ_CREDENTIALS_SECONDS = 3;
/** A call with less time than this left is not begun. */
const SHORTEST_CALL_MS = 250;
const BLIP_PAUSE_MS = { least: 200, most: 500 };

/** One attempt: what is asked for, what is known, and what it may use. */
export interface Attempt {
  readonly request: RefreshRequest;
  readonly settings: TokenSettings;
  readonly state: State;
  readonly tokenApi: TokenApi;
  readonly credentials: CredentialsStore;
  readonly clock: Clock;
  readonly trace: Trace;
  /** No call to the token API or Secrets Manager goes on after this time: the writes need what is left. */
  readonly deadline: number;
}

/** A new access token, or why there is none; in both cases the session to remember. */
export type Obtained = { readonly session: Session; readonly accessToken: string } | Failed;

interface Failed {
  readonly session: Session;
  readonly failure: RefreshError;
}

/**
 * Gets an access token: by new credentials, which are tried at once; else by the refresh token; else by login.
 *
 * @param mayRefresh false: only new credentials are reason enough for a call.
 */
export async function obtain(attempt: Attempt, mayRefresh: boolean): Promise<Obtained> {
  const { state, request, clock } = attempt;
  let { session } = state;
  let failedLogin: Failed | undefined;
  let failedRefresh: RefreshError | undefined;

  const versionId = newCredentialsDue(state, clock.now());
  if (versionId !== undefined) {
    const login = await logIn(attempt, session);
    if ('accessToken' in login) return login;
    failedLogin = withVerdict(attempt, versionId, login);
    if (!mayRefresh) return failedLogin;
    session = failedLogin.session;
  }

  const refreshToken = liveRefreshToken(session, clock.now());
  if (refreshToken !== undefined) {
    const refreshed = await useRefreshToken(attempt, session, refreshToken);
    if ('accessToken' in refreshed) return refreshed;
    session = refreshed.session;
    if (refreshed.failure.kind !== 'refused') failedRefresh = refreshed.failure;
    if (isOutage(refreshed.failure.kind)) {
      if (failedLogin !== undefined || !mayLogInDespiteOutage(request, session, clock.now()))
        return refreshed;
      session = { ...session, loginDespiteOutageAt: clock.now() };
    }
  }

  const login = failedLogin === undefined ? await logIn(attempt, session) : { ...failedLogin, session };
  // The refresh token may work again soon: then bad credentials are no reason to give up.
  const isHopeless = 'failure' in login && isVerdict(login.failure);
  return isHopeless && failedRefresh !== undefined ? { ...login, failure: failedRefresh } : login;
}

/** What is wrong with the credentials is known: until they change, or their next try is due, a login is no use. */
const isVerdict = ({ kind }: RefreshError): boolean => kind === 'refused' || kind === 'credentials';

/** Notes that a login brought no verdict on new credentials: else each request, wanting a token or not, would try them. */
function withVerdict({ settings, clock }: Attempt, versionId: string, { session, failure }: Failed): Failed {
  if (isVerdict(failure)) return { session, failure };
  const now = clock.now();
  const since = session.undecided?.versionId === versionId ? session.undecided.since : now;
  const until = undecidedUntil(failure.fields.retryAfterSeconds ?? 0, settings, now);
  return { session: { ...session, undecided: { versionId, code: failure.code, since, until } }, failure };
}

async function useRefreshToken(attempt: Attempt, session: Session, refreshToken: string): Promise<Obtained> {
  const askedAt = attempt.clock.now();
  try {
    const grant = await call(attempt, 'refresh', (api, timeoutMs) => api.refresh(refreshToken, timeoutMs));
    return granted(attempt, session, { how: 'refresh', grant, askedAt });
  } catch (error) {
    const failure = asRefreshError(error);
    const isSpent = failure.code === 'RefreshTokenRefused';
    return { session: isSpent ? withoutRefreshToken(session) : session, failure };
  }
}

async function logIn(attempt: Attempt, session: Session): Promise<Obtained> {
  const { request, settings, clock, trace } = attempt;
  const { credentials: current } = attempt.state;
  if (current instanceof RefreshError) return { session, failure: current };
  if (current === 'none') return withoutCredentials(session, clock.now());
  const { versionId } = current;

  const refusal = refusalOf(session, versionId);
  const waitMs = nextTryOfCredentials(session, versionId, settings) - clock.now();
  const outOfTurn = waitMs > 0;
  if (refusal !== undefined && outOfTurn) {
    if (!mayTryOutOfTurn(request, session, clock.now())) {
      const retryAfterSeconds = Math.ceil(waitMs / SECOND);
      return {
        session,
        failure: new RefreshError(refusal.code, { retryAfterSeconds, detail: 'not tried again yet' }),
      };
    }
  }

  let askedAt = clock.now();
  try {
    const credentials = await readCredentials(attempt, versionId);
    askedAt = clock.now();
    const grant = await call(attempt, 'login', (api, timeoutMs) => api.login(credentials, timeoutMs));
    trace.credentialsAccepted();
    return granted(attempt, withoutRefusal(session, versionId), { how: 'login', grant, askedAt, versionId });
  } catch (error) {
    const failure = asRefreshError(error);
    const { code } = failure;
    if (code === 'NoCredentials') return withoutCredentials(session, clock.now());
    if (code !== 'CredentialsRefused' && code !== 'AccountLocked' && code !== 'CredentialsMalformed')
      return { session, failure };
    trace.credentialsRefused();
    const refused =
      outOfTurn && refusal !== undefined
        ? { ...session, extraTryAt: clock.now() }
        : withRefusal(session, { versionId, code, at: clock.now(), times: (refusal?.times ?? 0) + 1 });
    return { session: refused, failure };
  }
}

function withoutCredentials(session: Session, now: number): Obtained {
  const noted =
    session.credentialsMissingSince === undefined ? { ...session, credentialsMissingSince: now } : session;
  return { session: noted, failure: new RefreshError('NoCredentials') };
}

function readCredentials(
  { credentials, settings, clock, deadline }: Attempt,
  versionId: string,
): Promise<Credentials> {
  const timeoutMs = Math.min(READ_CREDENTIALS_SECONDS * SECOND, deadline - clock.now());
  return credentials.read(settings.credentialsSecretId, versionId, timeoutMs);
}

/** One call to the token API, within its time; a blip is tried once more. */
async function call(
  attempt: Attempt,
  kind: Call,
  send: (api: TokenApi, timeoutMs: number) => Promise<Grant>,
): Promise<Grant> {
  const { clock, tokenApi, trace } = attempt;
  const end = Math.min(attempt.deadline, clock.now() + CALL_SECONDS * SECOND);
  const once = async (): Promise<Grant> => {
    const timeoutMs = end - clock.now();
    if (timeoutMs < SHORTEST_CALL_MS)
      throw new RefreshError('ApiConnectTimeout', { detail: 'no time left in this attempt' });
    return trace.call(kind, clock, () => send(tokenApi, timeoutMs));
  };
  try {
    return await once();
  } catch (error) {
    const pause = BLIP_PAUSE_MS.least + clock.random() * (BLIP_PAUSE_MS.most - BLIP_PAUSE_MS.least);
    const worthwhile =
      asRefreshError(error).fields.blip === true && end - clock.now() > pause + SHORTEST_CALL_MS;
    if (!worthwhile) throw error;
    await clock.sleep(pause);
    return once();
  }
}

interface GrantedBy {
  readonly how: Call;
  readonly grant: Grant;
  /** When the call was begun: the lifetime is counted from here, which is never too late. */
  readonly askedAt: number;
  /** Version of the credentials, after a login. */
  readonly versionId?: string;
}

function granted(
  { request, settings }: Attempt,
  session: Session,
  { how, grant, askedAt, versionId }: GrantedBy,
): Obtained {
  const before = session.granted;
  const credentialsVersion = versionId ?? before?.credentialsVersion ?? '';
  const isKnownVersion = versionId === undefined || versionId === before?.credentialsVersion;
  const credentialsSince = isKnownVersion ? before?.credentialsSince : askedAt;
  const { credentialsMissingSince: _, ...rest } = session;
  return {
    accessToken: grant.accessToken,
    session: {
      ...rest,
      rejectionsInARow: request.rejectedVersion === undefined ? 0 : session.rejectionsInARow + 1,
      granted: {
        accessTokenHash: hash(grant.accessToken),
        how,
        obtainedAt: askedAt,
        expiresAt: askedAt + (grant.lifetimeSeconds ?? settings.accessTokenLifetimeSeconds) * SECOND,
        credentialsVersion,
        ...(credentialsSince !== undefined && { credentialsSince }),
        ...refreshTokenAfter({ how, grant, askedAt, settings, before }),
      },
    },
  };
}

type RefreshTokenFields = Pick<NonNullable<Session['granted']>, 'refreshToken' | 'refreshTokenExpiresAt'>;

/** A new refresh token replaces the old one; an answer to a refresh without one, or with the same, lets it go on. */
function refreshTokenAfter({
  how,
  grant,
  askedAt,
  settings,
  before,
}: GrantedBy & { settings: TokenSettings; before: Session['granted'] }): RefreshTokenFields {
  const goesOn =
    how === 'refresh' &&
    !grant.refreshTokenSpent &&
    (grant.refreshToken ?? before?.refreshToken) === before?.refreshToken;
  if (goesOn && before?.refreshToken !== undefined) {
    const { refreshToken, refreshTokenExpiresAt } = before;
    return { refreshToken, ...(refreshTokenExpiresAt !== undefined && { refreshTokenExpiresAt }) };
  }
  if (grant.refreshToken === undefined) return {};
  return {
    refreshToken: grant.refreshToken,
    refreshTokenExpiresAt: askedAt + settings.refreshTokenLifetimeSeconds * SECOND,
  };
}

/** Anything else is a defect of ours and must be loud. */
function asRefreshError(error: unknown): RefreshError {
  if (error instanceof RefreshError) return error;
  throw error;
}
