import type { RefreshError } from './refresh-error.ts';
import type { Session } from './session.ts';

/** A parameter as Parameter Store holds it. */
export interface StoredParameter {
  readonly value: string;
  readonly version: number;
  /** Milliseconds since the epoch, on Parameter Store's clock. */
  readonly writtenAt: number;
}

/** Version of the credentials that is AWSCURRENT; `none`: no value yet; an error: not known now. */
export type CredentialsVersion = { readonly versionId: string } | 'none' | RefreshError;

/** All that is known of a token when an attempt begins. */
export interface State {
  readonly session: Session;
  /** The access token that consumers read now; absent before the first. */
  readonly accessToken?: StoredParameter;
  /** True if the session was written together with that access token. */
  readonly whole: boolean;
  readonly credentials: CredentialsVersion;
  /** What of a granted token could not be written: the session, and the access token unless that was. */
  readonly unsaved?: { readonly accessToken?: string };
}

/** Reads and writes the state of one token, and remembers what it could not write. */
export interface StateStore {
  /** One round trip. Throws RefreshError `ParametersUnreadable`. */
  load(timeoutMs: number): Promise<State>;
  /**
   * Writes the session and, if given, the access token, in parallel; answers the access token as it is stored now.
   * What cannot be written is kept in memory for the next attempt. Throws RefreshError `ParametersNotWritten`.
   */
  save(
    next: { session: Session; accessToken?: string | undefined },
    timeoutMs: number,
  ): Promise<StoredParameter | undefined>;
}
