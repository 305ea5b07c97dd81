/**
 * What can go wrong in an attempt, as data. A failure's kind decides what happens next:
 *
 * - `unreachable`: the request was not sent, so nobody has seen a secret. Keep everything, try again soon.
 * - `outage`: the token API is down, or its answer was lost. Keep everything, try again soon.
 * - `throttled`: the token API wants a pause, or failed at this request; some locks end only if nobody knocks.
 * - `inconclusive`: an answer that is no verdict on what was presented. Keep everything, seldom try again.
 * - `refused`: the token API says that what was presented is not valid. Never present it again at once.
 * - `unusable`: what was presented was accepted, but the token that came for it cannot be stored.
 * - `store`: Parameter Store or Secrets Manager did not do its part. Try again soon.
 * - `credentials`: there is nothing that could be sent; only a person can mend it.
 */
export type FailureKind =
  | 'unreachable'
  | 'outage'
  | 'throttled'
  | 'inconclusive'
  | 'refused'
  | 'unusable'
  | 'store'
  | 'credentials';

const KIND_OF = {
  /** No address, or no connection: refused, unreachable, reset before the request was sent. */
  ApiUnreachable: 'unreachable',
  /** No connection in time. */
  ApiConnectTimeout: 'unreachable',
  /** The certificate or the TLS handshake is not acceptable. */
  ApiTlsFailed: 'unreachable',
  /** The connection was lost after the request was sent. */
  ApiConnectionLost: 'outage',
  /** HTTP 502, 503, 504 or another 5xx, but those of `ApiFailed`. */
  ApiUnavailable: 'outage',
  /** HTTP 429, or another answer that its vendor uses for it. */
  ApiThrottled: 'throttled',
  /** No whole answer in time after the request was sent, or HTTP 408. */
  ApiTimeout: 'throttled',
  /** HTTP 500, a 5xx with an `error` in its JSON, or an OAuth error that speaks of the server. */
  ApiFailed: 'throttled',
  /** HTTP 403 without an OAuth error: perhaps a firewall. */
  ApiForbidden: 'inconclusive',
  /** Another 4xx that does not speak of what was presented: usually a wrong base URL or client set-up. */
  ApiRejectedRequest: 'inconclusive',
  /** A redirect: never followed, since it could carry credentials elsewhere. */
  ApiRedirected: 'inconclusive',
  /** Not JSON, not HTTP, or in a content encoding that cannot be read. */
  AnswerNotJson: 'inconclusive',
  /** More than 1 MiB, as sent or decompressed. */
  AnswerTooLarge: 'inconclusive',
  AnswerWithoutToken: 'inconclusive',
  /** The token API refuses the credentials, now or earlier (then nobody was called). */
  CredentialsRefused: 'refused',
  /** HTTP 423: the account is locked. */
  AccountLocked: 'refused',
  /** The refresh token is expired, revoked or spent. */
  RefreshTokenRefused: 'refused',
  /** The token API refuses the client that presents a refresh token, which may be good. */
  ClientRefused: 'refused',
  TokenExpired: 'unusable',
  /** Parameter Store holds 8 KB. */
  TokenTooLarge: 'unusable',
  /** The token holds a space, a line break, or anything but visible ASCII: not safe in an HTTP header. */
  TokenUnsafe: 'unusable',
  /** The stored token came again, although a consumer reported it as rejected. */
  TokenRepeated: 'unusable',
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

/** The token API gave no answer to what was presented, and may give one soon. */
export const isOutage = (kind: FailureKind): boolean =>
  kind === 'unreachable' || kind === 'outage' || kind === 'throttled';
