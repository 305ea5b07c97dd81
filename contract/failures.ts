/**
 * What can go wrong in an attempt, as data. A failure's kind decides what happens next:
 *
 * - `outage`: the token API or the way to it is down. Keep everything, try again soon.
 * - `blocked`: the token API answers, but turns the request itself away. As an outage, with longer pauses.
 * - `refused`: the token API says that what was presented is not valid. Never present it again at once.
 * - `unusable`: an answer came that holds no token fit to store.
 * - `store`: Parameter Store or Secrets Manager did not do its part. Try again soon.
 * - `credentials`: there is nothing that could be sent; only a person can mend it.
 */
export type FailureKind = 'outage' | 'blocked' | 'refused' | 'unusable' | 'store' | 'credentials';

const KIND_OF = {
  /** No connection: name not resolved, refused, reset, or cut off. */
  ApiUnreachable: 'outage',
  /** No connection within 2 s, or no whole answer within the call's time. */
  ApiTimeout: 'outage',
  /** The certificate or the TLS handshake is not acceptable. */
  ApiTlsFailed: 'outage',
  /** HTTP 408 or 5xx, or an OAuth error that says so. */
  ApiUnavailable: 'outage',
  /** HTTP 429. */
  ApiThrottled: 'outage',
  /** HTTP 403 without an OAuth error: perhaps a firewall. */
  ApiForbidden: 'blocked',
  /** Another 4xx, or an OAuth error that speaks of the request: usually a wrong base URL or client set-up. */
  ApiRejectedRequest: 'blocked',
  /** The refresh token is expired, revoked or spent. */
  RefreshTokenRefused: 'refused',
  /** The token API refuses the credentials, now or earlier (then nobody was called). */
  CredentialsRefused: 'refused',
  /** A redirect: never followed, since it could carry credentials elsewhere. */
  ApiRedirected: 'unusable',
  AnswerNotJson: 'unusable',
  /** More than 1 MiB. */
  AnswerTooLarge: 'unusable',
  AnswerWithoutToken: 'unusable',
  /** The token holds a space, a line break, or anything but visible ASCII: not safe in an HTTP header. */
  TokenUnsafe: 'unusable',
  /** Parameter Store holds 8 KB. */
  TokenTooLarge: 'unusable',
  TokenExpired: 'unusable',
  ParametersUnreadable: 'store',
  ParametersNotWritten: 'store',
  CredentialsUnreadable: 'store',
  /** The secret has no value yet. */
  NoCredentials: 'credentials',
  /** The secret's value is not JSON, or lacks a field. */
  CredentialsMalformed: 'credentials',
} as const satisfies Record<string, FailureKind>;

export type FailureCode = keyof typeof KIND_OF;

/** All codes, for dashboards and documentation. */
export const FAILURE_CODES = Object.keys(KIND_OF) as readonly FailureCode[];

export const kindOfFailure = (code: FailureCode): FailureKind => KIND_OF[code];
