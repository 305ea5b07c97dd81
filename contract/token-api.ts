/*
 * The description of a token API, as data. It is written and checked at synthesis; the function trusts it. People write it in
 * the friendlier form of `lib/settings/token-api/props.ts`.
 */

/** A value that is inserted into a request or an assertion when it is sent. */
export type Reference =
  /** A field of the credentials secret. */
  | { readonly secret: string }
  | {
      /**
       * - `refreshToken`, `accessToken`: those of the session. In the refresh request only.
       * - `assertion`: a JWT, signed anew each time it is sent, as {@link Signing} says.
       * - `publicKeyFingerprint`: `SHA256:` and the base64 of the SHA-256 of the signing key's public half in DER (SPKI);
       *   In the claims of the assertion only.
       */
      readonly value: 'refreshToken' | 'accessToken' | 'assertion' | 'publicKeyFingerprint';
    };

/** Literal text, a reference, or a sequence of both. */
export type Value = string | Reference | { readonly text: readonly (string | Reference)[] };

/** JSON with values in it. An object with the one member `secret`, `value` or `text` is a {@link Value} if it has its shape. */
export type Template =
  | Value
  | number
  | boolean
  | null
  | readonly Template[]
  | { readonly [member: string]: Template };

export interface ApiRequest {
  /** Absolute. Scheme and host are literal; values inserted after them are percent-encoded. */
  readonly url: Value;
  readonly method: string;
  readonly query?: Readonly<Record<string, Value>>;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, Value>>;
  /** HTTP Basic; `rfc6749` percent-encodes both parts first, as its section 2.3.1 asks, `plain` does not. */
  readonly basic?: {
    readonly username: Value;
    readonly password: Value;
    readonly encoding: 'rfc6749' | 'plain';
  };
  /** At most one body. */
  readonly form?: Readonly<Record<string, Value>>;
  readonly json?: Template;
}

/** JSON Pointer (RFC 6901) into the answer. Empty: the whole body, which is a JSON string or plain text. */
export type Pointer = string;

/** `hms` is a duration `HH:MM:SS`; `epoch`, `epochMs` and `iso` (ISO 8601) are times; the others are durations. */
export const LIFETIME_UNITS = ['s', 'ms', 'min', 'hms', 'epoch', 'epochMs', 'iso'] as const;
export type LifetimeUnit = (typeof LIFETIME_UNITS)[number];

/** Where answers state a lifetime. The shortest one found counts. */
export interface StatedLifetime {
  readonly at: readonly Pointer[];
  readonly unit: LifetimeUnit;
}

export interface AnswerShape {
  readonly token: Pointer;
  readonly refreshToken?: Pointer;
  readonly expires?: StatedLifetime;
  readonly refreshExpires?: StatedLifetime;
}

/** Matches answers with one of the statuses, if any are given, and one of the JSON scalars at the pointer, if one is given. */
export interface AnswerMatch {
  readonly status?: readonly number[];
  readonly at?: Pointer;
  readonly is?: readonly (string | number | boolean | null)[];
}

export const SIGNING_ALGORITHMS = [
  ...(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const),
  ...(['ES256', 'ES384', 'ES512', 'EdDSA'] as const),
] as const;
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

/** A JWT that the refresher signs (RFC 7519, 7523). `iat`, `exp` and `jti` are added. */
export interface Signing {
  readonly algorithm: SigningAlgorithm;
  /** Field of the secret: the private key as PEM. */
  readonly key: string;
  /** Field of the secret: the passphrase of an encrypted key. */
  readonly passphrase?: string;
  /** Header `kid`. */
  readonly keyId?: Value;
  /** Field of the secret: the certificate as PEM, for the headers `x5t` and `x5t#S256`. */
  readonly certificate?: string;
  readonly claims: Readonly<Record<string, Template>>;
  /** From `iat` to `exp`, which is what servers limit. */
  readonly lifetimeSeconds: number;
}

/** `iat` lies in the past, so that a server whose clock is slow accepts the JWT. */
export const ISSUED_SECONDS_AGO = 30;

/** From the signing to the expiry. */
export const signedLifetimeSeconds = ({ lifetimeSeconds }: Signing): number =>
  lifetimeSeconds - ISSUED_SECONDS_AGO;

/** Fields of the secret that hold PEM. */
export interface CertificateFields {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Optional fields of the secret. */
  readonly isOptional: boolean;
}

export interface TokenApiSettings {
  /** `signed`: no request; the assertion itself is the access token. */
  readonly login: ApiRequest | 'signed';
  /** Sends the refresh token or the access token. Absent: tokens are renewed by login only. */
  readonly refresh?: ApiRequest;
  readonly answer: AnswerShape;
  /** Answers that are refusals, besides those that `lambda/token-api/verdict.ts` recognizes. */
  readonly refused?: readonly AnswerMatch[];
  /** Answers that ask for a pause, besides those that `lambda/token-api/verdict.ts` recognizes. */
  readonly throttled?: readonly AnswerMatch[];
  /** What is tried first. */
  readonly renewBy: 'refresh' | 'login';
  /** What the API does if a refresh token is presented twice. */
  readonly reuse: 'allowed' | 'revokes';
  /** Who logs in: an account that may be locked, or a client. */
  readonly as: 'account' | 'client';
  readonly signing?: Signing;
  readonly tls?: CertificateFields;
}

/** The token API that needs no description. */
export function defaultTokenApi(baseUrl: string, { certificates = false } = {}): TokenApiSettings {
  const loginUrl = `${baseUrl}/auth/token`;
  return {
    login: {
      url: loginUrl,
      method: 'POST',
      json: { username: { secret: 'username' }, password: { secret: 'password' } },
    },
    refresh: {
      url: `${loginUrl}/refresh`,
      method: 'POST',
      json: { refreshToken: { value: 'refreshToken' } },
    },
    answer: {
      token: '/data/token',
      refreshToken: '/data/refreshToken',
      expires: { at: ['/data/expiresIn', '/data/expires_in', '/expiresIn', '/expires_in'], unit: 's' },
    },
    renewBy: 'refresh',
    reuse: 'allowed',
    as: 'account',
    ...(certificates && { tls: { ca: 'ca', cert: 'cert', key: 'key', isOptional: true } }),
  };
}

/** True for what a {@link Template} shows by reference. */
export const isReference = (value: unknown): value is Reference =>
  isOneMember(value) && ('secret' in value ? typeof value.secret === 'string' : isInserted(value.value));

const INSERTED: readonly unknown[] = ['refreshToken', 'accessToken', 'assertion', 'publicKeyFingerprint'];
const isInserted = (value: unknown): boolean => INSERTED.includes(value);

/** True for text that is put together of several parts. */
export const isText = (value: unknown): value is Extract<Value, { text: unknown }> =>
  isOneMember(value) &&
  Array.isArray(value.text) &&
  value.text.every((part) => typeof part === 'string' || isReference(part));

const isOneMember = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 1;

/** All that a description, or a part of one, shows by reference. */
export function referencesIn(part: unknown): Reference[] {
  if (typeof part !== 'object' || part === null) return [];
  return isReference(part) ? [part] : Object.values(part).flatMap(referencesIn);
}

/** True if the request shows it, whatever else it shows. */
export const shows = (part: unknown, value: Extract<Reference, { value: unknown }>['value']): boolean =>
  referencesIn(part).some((reference) => 'value' in reference && reference.value === value);

/** Fields that a request, or all of it, takes from the secret: first those that it shows, then those of the signature. */
export function secretFields(part: unknown, signing: Signing | undefined = undefined): readonly string[] {
  const shown = referencesIn(part).flatMap((reference) => ('secret' in reference ? [reference.secret] : []));
  const signs = signing !== undefined && (part === 'signed' || shows(part, 'assertion'));
  const { key, passphrase, certificate, keyId, claims } = signing ?? {};
  const signed = signs
    ? [
        ...secretFields([claims, keyId]),
        ...[key, passphrase, certificate].filter((field) => field !== undefined),
      ]
    : [];
  return [...new Set([...shown, ...signed])];
}

/** Fields that the secret may hold, or not. */
export const optionalFieldsOfSecret = ({ tls }: TokenApiSettings): readonly string[] =>
  tls?.isOptional ? [tls.ca, tls.cert, tls.key].filter((field) => field !== undefined) : [];

/** All fields that the secret must hold. */
export const fieldsOfSecret = ({ login, refresh, signing, tls }: TokenApiSettings): readonly string[] => [
  ...new Set([
    ...secretFields(login, signing),
    ...secretFields(refresh, signing),
    ...(tls === undefined || tls.isOptional
      ? []
      : [tls.ca, tls.cert, tls.key].filter((field) => field !== undefined)),
  ]),
];

/** What is stored as credentials, for people: `{"username": "...", "password": "..."}`. */
export const credentialsInWords = (api: TokenApiSettings): string =>
  `{${fieldsOfSecret(api)
    .map((field) => `${JSON.stringify(field)}: "..."`)
    .join(', ')}}`;
