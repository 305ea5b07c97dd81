import { createHash } from 'node:crypto';
import type { Clock } from '../../contract/clock.ts';
import type { TokenSettings } from '../../contract/function-settings.ts';
import {
  type ApiRequest,
  type Reference,
  secretFields,
  shows,
  signedLifetimeSeconds,
  type TokenApiSettings,
} from '../../contract/token-api.ts';
import type { CredentialsStore, SecretValue } from '../aws/credentials.ts';
import { RefreshError } from '../refresh/refresh-error.ts';
import { type Grant, judgeAnswer } from './answer.ts';
import { type Credentials, parseCredentials } from './credentials.ts';
import type { Insert } from './fill.ts';
import type { SendRequest } from './http.ts';
import { knownCredentials } from './known-credentials.ts';
import { httpRequest } from './request.ts';
import type { Call } from './verdict.ts';

/** The session's tokens that a refresh sends. */
export interface SessionTokens {
  readonly refreshToken?: string | undefined;
  readonly accessToken?: string | undefined;
}

/** A third party's API that issues tokens. All methods throw RefreshError. */
export interface TokenApi {
  /** Hash of the login request as the settings describe it, without secrets. Limits on logins count per hash. */
  readonly loginRequest: string;
  parseCredentials(value: SecretValue): Promise<Credentials>;
  login(credentials: Credentials, timeoutMs: number): Promise<Grant>;
  refresh(tokens: SessionTokens, timeoutMs: number): Promise<Grant>;
}

export interface TokenApiDeps {
  readonly send: SendRequest;
  readonly clock: Clock;
  /** Reads the fields of the credentials that a refresh sends. */
  readonly credentials: CredentialsStore;
}

/** Makes the client of the token API that a token's settings describe. */
export function tokenApiOf(settings: TokenSettings, { send, clock, credentials }: TokenApiDeps): TokenApi {
  const { api, accessTokenLifetimeSeconds, credentialsSecretId } = settings;
  const { login, refresh, signing, tls: certificates } = api;
  const fields = [...new Set([login, refresh].flatMap((request) => secretFields(request, signing)))];
  const parse = async (value: SecretValue): Promise<Credentials> => {
    const parsed = parseCredentials(value, { fields, certificates });
    if (signing !== undefined) (await import('./signing.ts')).checkSigning(signing, parsed.fields);
    return parsed;
  };
  const isCredentialsShown = certificates !== undefined || secretFields(refresh, signing).length > 0;
  const known = isCredentialsShown
    ? knownCredentials({ store: credentials, secretId: credentialsSecretId, clock, parse })
    : undefined;

  const call = async (name: Call, request: ApiRequest, shown: Shown): Promise<Grant> => {
    const end = clock.now() + shown.timeoutMs;
    const http = httpRequest(request, await insertOf(request, shown));
    const { tls, oddity } = shown.credentials ?? {};
    const answer = await send({ ...http, timeoutMs: end - clock.now(), tls });
    const lifetimeSeconds = accessTokenLifetimeSeconds;
    return judgeAnswer({ api, call: name, answer, now: clock.now(), lifetimeSeconds, oddity });
  };

  const insertOf = async (request: ApiRequest, shown: Shown): Promise<Insert> => {
    const assertion = shows(request, 'assertion') ? await assertionOf(shown.credentials?.fields) : undefined;
    const { refreshToken, accessToken } = shown;
    return inserting({ refreshToken, accessToken, assertion }, shown.credentials?.fields);
  };

  const assertionOf = async (secret: Credentials['fields'] = {}): Promise<string> => {
    if (signing === undefined) throw new Error('the settings sign, and do not say how');
    const { signJwt } = await import('./signing.ts');
    return signJwt({ signing, fields: secret, now: clock.now() });
  };

  return {
    loginRequest: hashOf(login, signing, certificates),
    parseCredentials: parse,
    async login(credentials, timeoutMs) {
      if (login !== 'signed') return call('login', login, { credentials, timeoutMs });
      return {
        accessToken: await assertionOf(credentials.fields),
        lifetimeSeconds: signing ? signedLifetimeSeconds(signing) : accessTokenLifetimeSeconds,
      };
    },
    async refresh(tokens, timeoutMs) {
      if (refresh === undefined) throw new Error('the settings describe no refresh');
      const end = clock.now() + timeoutMs;
      // Half of the time, so that the call can still be made with the last known credentials.
      const credentials = await known?.(timeoutMs / 2);
      return call('refresh', refresh, { ...tokens, credentials, timeoutMs: end - clock.now() });
    },
  };
}

/** The values that references resolve to. */
interface Shown extends SessionTokens {
  readonly credentials: Credentials | undefined;
  readonly timeoutMs: number;
}

type Inserted = Partial<Record<Extract<Reference, { value: unknown }>['value'], string | undefined>>;

const inserting =
  (values: Inserted, fields: Credentials['fields'] = {}): Insert =>
  (reference) => {
    const value = 'secret' in reference ? fields[reference.secret] : values[reference.value];
    if (value !== undefined) return value;
    if ('secret' in reference) throw new RefreshError('NoCredentials');
    throw new Error(`there is no ${reference.value} to show`);
  };

const hashOf = (...parts: readonly (TokenApiSettings[keyof TokenApiSettings] | undefined)[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 16);
