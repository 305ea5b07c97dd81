import type { RefreshError } from './refresh-error.ts';
import type { Session } from './session.ts';

/** A parameter as stored in Parameter Store. */
export interface StoredParameter {
  readonly value: string;
  readonly version: number;
  /** Milliseconds since the epoch, by Parameter Store's clock. */
  readonly writtenAt: number;
}

/** Version of the credentials that is AWSCURRENT; `none`: no value yet; an error: it could not be read. */
export type CredentialsVersion = { readonly versionId: string } | 'none' | RefreshError;

/** Everything known about a token when an attempt begins. */
export interface State {
  readonly session: Session;
  /** The access token that consumers read; absent before the first. */
  readonly accessToken?: StoredParameter;
  /** True if the session was written together with that access token. */
  readonly whole: boolean;
  readonly credentials: CredentialsVersion;
  /** A grant that could not be written, or not completely. Without an access token, only the session is missing. */
  readonly unsaved?: { readonly accessToken?: string };
}

/** Reads and writes the state of one token. Keeps in memory what could not be written. */
export interface StateStore {
  /** One round trip. Throws RefreshError `ParametersUnreadable`. */
  load(timeoutMs: number): Promise<State>;
  /**
   * Writes the session and, if given, the access token, in parallel. Returns the access token as it is stored now.
   * What cannot be written is kept in memory for the next attempt. Throws RefreshError `ParametersNotWritten`.
   */
  save(
    next: { session: Session; accessToken?: string | undefined },
    timeoutMs: number,
  ): Promise<StoredParameter | undefined>;
}
