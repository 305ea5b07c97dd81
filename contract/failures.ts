/**
 * What can go wrong in an attempt, as data. A failure's kind decides what happens next:
 *
 * - `unreachable`: the request was not sent, so no secret left the function. Keep everything, retry soon.
 * - `outage`: the token API is down, or its answer was lost. Keep everything, retry soon.
 * - `throttled`: the token API asks for a pause, or failed at this request. Retry slowly: some locks end only after a pause.
 * - `inconclusive`: the answer says nothing about what was presented. Keep everything, retry rarely.
 * - `refused`: the token API says that what was presented is not valid. Do not present it again soon.
 * - `unusable`: what was presented was accepted, but the token in the answer cannot be stored.
 * - `store`: Parameter Store or Secrets Manager failed. Retry soon.
 * - `malformed`: the secret holds nothing that could be sent. Only a new value helps.
 * - `missing`: the secret has no value yet.
 */
export type FailureKind =
  | 'unreachable'
  | 'outage'
  | 'throttled'
  | 'inconclusive'
  | 'refused'
  | 'unusable'
  | 'store'
  | 'malformed'
  | 'missing';

const KIND_OF = {
  /** No address, or no connection: refused, unreachable, reset before the request was sent. */
  ApiUnreachable: 'unreachable',
  /** No connection in time. */
  ApiConnectTimeout: 'unreachable',
  /** The certificate or the TLS handshake is not acceptable. */
  ApiTlsFailed: 'unreachable',
  /** The connection was lost after the request was sent. */
  ApiConnectionLost: 'outage',
  /** HTTP 502, 503, 504 or another 5xx, except those listed at `ApiFailed`. */
  ApiUnavailable: 'outage',
  /** HTTP 429, or what the vendor sends instead of it. */
  ApiThrottled: 'throttled',
  /** The request was sent, but the answer was not complete in time; or HTTP 408. */
  ApiTimeout: 'throttled',
  /** HTTP 500, a 5xx whose JSON has an `error`, or an OAuth error about the server. */
  ApiFailed: 'throttled',
  /** HTTP 403 without an OAuth error: possibly a firewall. */
  ApiForbidden: 'inconclusive',
  /** Another 4xx that is not about what was presented: usually a wrong base URL or client configuration. */
  ApiRejectedRequest: 'inconclusive',
  /** A redirect. Never followed, since it could carry credentials to another host. */
  ApiRedirected: 'inconclusive',
  /** Not JSON, not HTTP, or in a content encoding that cannot be read. */
  AnswerNotJson: 'inconclusive',
  /** More than 1 MiB, as sent or decompressed. */
  AnswerTooLarge: 'inconclusive',
  AnswerWithoutToken: 'inconclusive',
  /** The token API refuses the credentials now, or refused them earlier (then it was not called). */
  CredentialsRefused: 'refused',
  /** HTTP 423: the account is locked. */
  AccountLocked: 'refused',
  /** The refresh token is expired, revoked or spent. */
  RefreshTokenRefused: 'refused',
  /** The token API refuses the client that presents a refresh token. The refresh token may be valid. */
  ClientRefused: 'refused',
  TokenExpired: 'unusable',
  /** Parameter Store holds 8 KB. */
  TokenTooLarge: 'unusable',
  /** The token holds a space, a line break, or anything but visible ASCII: not safe in an HTTP header. */
  TokenUnsafe: 'unusable',
  /** The token API returned the stored token again, although a consumer reported it as rejected. */
  TokenRepeated: 'unusable',
  ParametersUnreadable: 'store',
  ParametersNotWritten: 'store',
  CredentialsUnreadable: 'store',
  /** Runs of this request died and may have sent the credentials. Each further login waits longer. */
  RunsDied: 'store',
  /** The secret has no value yet. */
  NoCredentials: 'missing',
  /** The secret's value is not JSON, or lacks a field. */
  CredentialsMalformed: 'malformed',
} as const satisfies Record<string, FailureKind>;

export type FailureCode = keyof typeof KIND_OF;

/** All codes, for dashboards and documentation. */
export const FAILURE_CODES = Object.keys(KIND_OF) as readonly FailureCode[];

export const kindOfFailure = (code: FailureCode): FailureKind => KIND_OF[code];

/** The token API gave no verdict on what was presented, but may soon. */
export const isOutage = (kind: FailureKind): boolean =>
  kind === 'unreachable' || kind === 'outage' || kind === 'throttled';
