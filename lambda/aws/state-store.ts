import type { Clock } from '../../contract/clock.ts';
import type { TokenSettings } from '../../contract/function-settings.ts';
import { accessTokenParameter, sessionParameter } from '../../contract/names.ts';
import { parseSession } from '../refresh/read-session.ts';
import { RefreshError } from '../refresh/refresh-error.ts';
import { EMPTY_SESSION, hash, type Session, withoutRefreshToken } from '../refresh/session.ts';
import type { State, StateStore, StoredParameter } from '../refresh/state.ts';
import type { CredentialsStore } from './credentials.ts';
import type { ParameterStore } from './parameters.ts';

export interface StateStoreProps {
  readonly environment: string;
  readonly token: string;
  readonly settings: TokenSettings;
  readonly parameters: ParameterStore;
  readonly credentials: CredentialsStore;
  readonly clock: Clock;
}

/** The state that this process last saw or failed to write. Newer than Parameter Store after a failed write or a stale read. */
interface Memory {
  readonly session: Session;
  /** Versions of the parameters as last seen; 0: the parameter does not exist. */
  readonly sessionVersion: number;
  /** The session parameter's value as last seen or written. */
  readonly storedSession: string | undefined;
  readonly accessToken: StoredParameter | undefined;
  readonly unsaved: State['unsaved'];
}

const NOTHING: Memory = {
  session: EMPTY_SESSION,
  sessionVersion: 0,
  storedSession: undefined,
  accessToken: undefined,
  unsaved: undefined,
};

export function stateStore(props: StateStoreProps): StateStore {
  const accessTokenName = accessTokenParameter(props.environment, props.token);
  const sessionName = sessionParameter(props.environment, props.token);
  let memory = NOTHING;

  return {
    async load(timeoutMs) {
      const [stored, credentials] = await Promise.all([
        props.parameters.read([accessTokenName, sessionName], timeoutMs),
        currentCredentials(props, timeoutMs),
      ]);
      const accessToken = stored.get(accessTokenName);
      const session = stored.get(sessionName);
      if (isOverwritten(memory, accessToken, session)) {
        const sessionVersion = session?.version ?? 0;
        memory = {
          session: usableSession(session, accessToken),
          sessionVersion,
          storedSession: session?.value,
          accessToken,
          unsaved: undefined,
        };
      }
      return state(memory, credentials);
    },

    async save({ session, accessToken }, timeoutMs) {
      const writeToken = async (value: string): Promise<StoredParameter> => {
        const description = describe(session);
        const version = await props.parameters.write(
          { name: accessTokenName, value, description },
          timeoutMs,
        );
        return { value, version, writtenAt: props.clock.now() };
      };
      const text = JSON.stringify(session);
      // After a write that failed half-way, what is stored already costs no second of the few writes per second.
      const writeSession = async (): Promise<number> =>
        text === memory.storedSession
          ? memory.sessionVersion
          : props.parameters.write(
              { name: sessionName, value: text, description: SESSION_DESCRIPTION },
              timeoutMs,
            );
      const [sessionWrite, tokenWrite] = await Promise.allSettled([
        writeSession(),
        accessToken === undefined ? memory.accessToken : writeToken(accessToken),
      ]);
      const failed = [sessionWrite, tokenWrite].find((write) => write.status === 'rejected');
      const unsaved =
        accessToken === undefined ? memory.unsaved : tokenWrite.status === 'rejected' ? { accessToken } : {};
      memory = {
        session,
        sessionVersion: sessionWrite.status === 'fulfilled' ? sessionWrite.value : memory.sessionVersion,
        storedSession: sessionWrite.status === 'fulfilled' ? text : memory.storedSession,
        accessToken: tokenWrite.status === 'fulfilled' ? tokenWrite.value : memory.accessToken,
        unsaved: failed === undefined ? undefined : unsaved,
      };
      if (failed !== undefined) throw failed.reason;
      return memory.accessToken;
    },
  };
}

const SESSION_DESCRIPTION = 'Kept by the token refresher for itself. Not for consumers.';

/** Parameter description for operators, readable without decrypting: `how=refresh expires=2026-11-21T09:30:00Z`. */
function describe({ granted }: Session): string {
  const expires = new Date(granted?.expiresAt ?? 0).toISOString().replace(/\.\d+Z$/, 'Z');
  return `how=${granted?.how} expires=${expires}`;
}

function state({ session, accessToken, unsaved }: Memory, credentials: State['credentials']): State {
  return {
    session,
    ...(accessToken !== undefined && { accessToken }),
    whole: accessToken !== undefined && session.granted?.accessTokenHash === hash(accessToken.value),
    credentials,
    ...(unsaved !== undefined && { unsaved }),
  };
}

/** Whether another process wrote or deleted the parameters since, so that what this process remembers is outdated. */
function isOverwritten(memory: Memory, accessToken?: StoredParameter, session?: StoredParameter): boolean {
  const remembered = memory.accessToken?.version ?? 0;
  const isNewer = (accessToken?.writtenAt ?? 0) > (memory.accessToken?.writtenAt ?? 0);
  return (
    (session?.version ?? 0) > memory.sessionVersion ||
    (accessToken?.version ?? 0) > remembered ||
    // Deleted and created again: versions restart at 1.
    ((accessToken?.version ?? 0) < remembered && isNewer) ||
    (session === undefined && memory.sessionVersion > 0) ||
    (accessToken === undefined && remembered > 0)
  );
}

/**
 * A write that failed half-way leaves a session older than the access token: its refresh token was spent to get that
 * access token. Presenting it again could revoke both (RFC 9700, section 4.14.2).
 */
function usableSession(session?: StoredParameter, accessToken?: StoredParameter): Session {
  if (session === undefined) return EMPTY_SESSION;
  const parsed = parseSession(session.value);
  const spent =
    accessToken !== undefined &&
    accessToken.writtenAt > session.writtenAt &&
    parsed.granted?.accessTokenHash !== hash(accessToken.value);
  return spent ? withoutRefreshToken(parsed) : parsed;
}

async function currentCredentials(
  { credentials, settings }: StateStoreProps,
  timeoutMs: number,
): Promise<State['credentials']> {
  try {
    const versionId = await credentials.currentVersion(settings.credentialsSecretId, timeoutMs);
    return versionId === undefined ? 'none' : { versionId };
  } catch (error) {
    // A failure of Secrets Manager must not prevent the use of a live refresh token.
    if (error instanceof RefreshError) return error;
    throw error;
  }
}
