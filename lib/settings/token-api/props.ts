import type { Duration } from 'aws-cdk-lib';
import type { LifetimeUnit, Pointer, SigningAlgorithm } from '../../../contract/token-api.ts';
import type { HiddenValue, Value } from './values.ts';

/** Names under which secrets are sent: no text stands here but by {@link literal}. */
type SecretName =
  | 'password'
  | 'client_secret'
  | 'clientSecret'
  | 'client_assertion'
  | 'assertion'
  | 'refresh_token'
  | 'refreshToken'
  | 'Authorization'
  | 'authorization'
  | 'Cookie'
  | 'cookie';

type NoSecrets = { readonly [Name in SecretName]?: HiddenValue };

/** Names and values of a form, of a query or of headers. */
export type Values = NoSecrets & { readonly [name: string]: Value };

/** JSON with values in it. */
export type Json = Value | number | boolean | readonly Json[] | JsonObject;
export type JsonObject = NoSecrets & { readonly [member: string]: Json };

export interface TokenApiRequest {
  /**
   * Absolute and https, or a path below the token's `baseUrl`, such as `/login`. `text` may insert values behind the host;
   * they are percent-encoded. A query goes to `query`.
   */
  readonly url: Value;
  /** Default: POST. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly query?: Values;
  /** `content-type` and `accept` may be among them. Values from the secret must be visible ASCII. */
  readonly headers?: Values;
  /**
   * HTTP Basic authentication. Both parts are percent-encoded first, as RFC 6749, section 2.3.1, asks of OAuth clients; many
   * servers expect them `plain`. Default of `encoding`: `rfc6749`.
   */
  readonly basic?: {
    readonly username: Value;
    readonly password: HiddenValue;
    readonly encoding?: 'rfc6749' | 'plain';
  };
  /** Body as `application/x-www-form-urlencoded`; not together with `json`. */
  readonly form?: Values;
  /** Body as JSON. Default: no body. */
  readonly json?: Json;
}

/** A lifetime that an answer states. */
export interface LifetimeInAnswer {
  /** Where it stands. Of several, the shortest that is there counts. */
  readonly at: Pointer | readonly Pointer[];
  /**
   * `s`, `ms`, `min`, `hms` (`HH:MM:SS`): from now on. `epoch`, `epochMs`: a Unix time. `iso`: a time by ISO 8601.
   * Default: `s`.
   */
  readonly unit?: LifetimeUnit;
}

/** Where the answer to a login or a refresh holds what: pointers by RFC 6901, such as `/data/token`. */
export interface TokenApiAnswer {
  /** The access token. Empty: the whole body is the token, as a JSON string or as text. */
  readonly token: Pointer;
  /** Default: answers hold no refresh token. */
  readonly refreshToken?: Pointer;
  /** Default, and `never`: answers do not state it, `accessTokenLifetime` counts. What a JWT states counts besides. */
  readonly expires?: LifetimeInAnswer | 'never';
  /** Lifetime of the refresh token. Default: answers do not state it, `refreshTokenLifetime` counts. */
  readonly refreshExpires?: LifetimeInAnswer;
}

/** Matches an answer with one of the statuses, if any are given, and one of the JSON scalars at the pointer, if one is given. */
export interface AnswerMatch {
  readonly status?: number | readonly number[];
  readonly at?: Pointer;
  /** Default: whatever is there. */
  readonly is?: string | number | boolean | null | readonly (string | number | boolean | null)[];
}

/** A JWT that the refresher signs (RFC 7523). `iat`, `exp` and `jti` are added. */
export interface SigningProps {
  readonly algorithm: SigningAlgorithm;
  /** The private key, as PEM. */
  readonly key: HiddenValue;
  /** Of an encrypted key. */
  readonly passphrase?: HiddenValue;
  /** The header `kid`. */
  readonly keyId?: Value;
  /** The certificate, as PEM, for the headers `x5t` and `x5t#S256`. */
  readonly certificate?: HiddenValue;
  /** `iss`. */
  readonly issuer?: Value;
  /** `sub`. */
  readonly subject?: Value;
  /** `aud`. */
  readonly audience?: Value | readonly Value[];
  /** Others. */
  readonly claims?: JsonObject;
  /**
   * From `iat`, which lies 30 s in the past, to `exp`: whole seconds, one minute to 5 minutes, which is the default. Of a token that is
   * signed: up to 24 hours, by default one.
   */
  readonly lifetime?: Duration;
}

/** Description of a token API. `oauth2`, `login` and `selfSigned` write one. */
export interface TokenApi {
  /** `signed`: the signed JWT is the access token, and nobody is called. */
  readonly login: TokenApiRequest | 'signed';
  /** Shows `refreshToken` or `accessToken`. Default: each token takes a login. */
  readonly refresh?: TokenApiRequest;
  /** Of login and refresh alike. Goes without `signed` only. */
  readonly answer?: TokenApiAnswer;
  /** Answers that are refusals, besides 400, 401, 422, 423 and OAuth errors that say so. */
  readonly refused?: AnswerMatch | readonly AnswerMatch[];
  /** Answers that ask for a pause, besides 429 and known answers of vendors. */
  readonly throttled?: AnswerMatch | readonly AnswerMatch[];
  /**
   * What is tried first. `login` is for servers that end the old access token at a refresh; the refresh token is then used
   * only if the stored token would be dead before a login is allowed. Default: `refresh`.
   */
  readonly renewBy?: 'refresh' | 'login';
  /**
   * What the server does if a refresh token is presented twice. If it `revokes` everything granted with it, a refresh token whose
   * answer was lost is not presented again if a login is possible. Default: `allowed`.
   */
  readonly reuse?: 'allowed' | 'revokes';
  /**
   * Who logs in. Wrong logins may lock an account, so its credentials are sent rarely and not shared between tokens. Default:
   * `client` if the login sends an assertion or is signed, otherwise `account`.
   */
  readonly as?: 'account' | 'client';
  readonly signing?: SigningProps;
  /** Certificates in PEM, for an API with its own: `ca` is trusted beside the usual authorities, the others are shown. */
  readonly tls?: { readonly ca?: HiddenValue; readonly cert?: HiddenValue; readonly key?: HiddenValue };
  /** Default of the token's `interval`. */
  readonly interval?: Duration;
  /** Default of the token's `accessTokenLifetime`. */
  readonly accessTokenLifetime?: Duration;
  /** Default of the token's `refreshTokenLifetime`. */
  readonly refreshTokenLifetime?: Duration;
  /**
   * For APIs that grant few tokens: a token younger than this is not replaced, whoever asks; no longer than the interval.
   * Default: one minute.
   */
  readonly minimumGap?: Duration;
}
