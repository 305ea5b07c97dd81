import { Duration } from 'aws-cdk-lib';
import { MINUTE, SECOND } from '../../../contract/times.ts';
import {
  type ApiRequest,
  defaultTokenApi,
  referencesIn,
  type Signing,
  shows,
  type TokenApiSettings,
} from '../../../contract/token-api.ts';
import { either, fieldsOf, isObject, optional, type Parser } from '../parser.ts';
import { REFUSED, type SettingPath } from '../setting-error.ts';
import { show } from '../show.ts';
import { duration, oneOf } from '../values.ts';
import { answer, matches, noAnswer } from './read-answer.ts';
import { isBelowBaseUrl, type RequestContext, requestOf } from './read-request.ts';
import { ASSERTION, certificates, SIGNED_TOKEN, signing } from './read-signing.ts';

/** A token API, and what the token's own settings are if they leave it out. */
export interface ParsedTokenApi {
  readonly api: TokenApiSettings;
  /** One of its URLs is a path below the token's `baseUrl`. */
  readonly isBelowBaseUrl: boolean;
  readonly interval?: Duration | undefined;
  readonly accessTokenLifetime?: Duration | undefined;
  readonly refreshTokenLifetime?: Duration | undefined;
  readonly minimumGap?: Duration | undefined;
}

export interface TokenApiContext extends RequestContext {
  readonly certificatesInCredentials: boolean;
}

/** What is written as `api` in the settings of a token, as the function reads it. */
export const tokenApi =
  (context: TokenApiContext): Parser<ParsedTokenApi | undefined> =>
  (value, path) => {
    if (value === undefined) return undefined;
    const fields = fieldsOf(tableOf(context, isObject(value) && value.login === 'signed'), value, path);
    const problems = Object.values(fields).includes(REFUSED);
    const { interval, accessTokenLifetime, refreshTokenLifetime, minimumGap, ...written } = fields;
    if (problems) return REFUSED;
    const described = written as Written;
    if (!checkWhole(described, path)) return REFUSED;
    if (context.certificatesInCredentials && described.tls !== undefined) {
      return path.to('tls').refuse('goes without certificatesInCredentials', 'both');
    }
    const api = withDefaults(described, context);
    const lifetime = accessTokenLifetime ?? (api.login === 'signed' ? lifetimeOf(api.signing) : undefined);
    return {
      api,
      isBelowBaseUrl: isObject(value) && [value.login, value.refresh].some(isBelowBaseUrl),
      interval,
      accessTokenLifetime: lifetime,
      refreshTokenLifetime,
      minimumGap,
    } as ParsedTokenApi;
  };

const lifetimeOf = (signing: Signing | undefined): Duration | undefined =>
  signing && Duration.seconds(signing.lifetimeSeconds);

/** The description as people leave it. */
type Written = { readonly [Key in keyof TokenApiSettings]?: TokenApiSettings[Key] } & {
  readonly login: ApiRequest | 'signed';
};

type Row = { readonly [Key in keyof Required<TokenApiSettings>]: Parser<TokenApiSettings[Key] | undefined> };

const wholeSeconds = duration({ step: SECOND, rule: 'must be a whole number of seconds, at least one' });
const wholeMinutes = duration({ step: MINUTE, rule: 'must be whole minutes, at least one' });

function tableOf(context: TokenApiContext, isSigned: boolean) {
  const request = requestOf(context);
  const rows: Row = {
    login: either('signed', request),
    refresh: optional(request),
    answer: isSigned ? noAnswer : answer,
    refused: optional(matches),
    throttled: optional(matches),
    renewBy: optional(oneOf(['refresh', 'login'])),
    reuse: optional(oneOf(['allowed', 'revokes'])),
    as: optional(oneOf(['account', 'client'])),
    signing: optional(signing(isSigned ? SIGNED_TOKEN : ASSERTION)),
    tls: optional(certificates),
  };
  return {
    ...rows,
    interval: optional(wholeMinutes),
    accessTokenLifetime: optional(wholeSeconds),
    refreshTokenLifetime: optional(wholeSeconds),
    minimumGap: optional(wholeSeconds),
  };
}

function withDefaults(written: Written, { certificatesInCredentials }: TokenApiContext): TokenApiSettings {
  const { login } = written;
  const isAssertion = login === 'signed' || shows(login, 'assertion');
  const { tls } = certificatesInCredentials ? defaultTokenApi('', { certificates: true }) : written;
  return {
    ...written,
    login,
    answer: written.answer ?? { token: '' },
    renewBy: written.renewBy ?? 'refresh',
    reuse: written.reuse ?? 'allowed',
    as: written.as ?? (isAssertion ? 'client' : 'account'),
    ...(tls !== undefined && { tls }),
  };
}

/** What the parts must keep to together. */
function checkWhole({ login, refresh, answer, signing }: Written, path: SettingPath): boolean {
  const refuse = (setting: string, rule: string, received: string) => path.to(setting).refuse(rule, received);
  const showsSession = (part: unknown) => shows(part, 'refreshToken') || shows(part, 'accessToken');
  const signs = login === 'signed' || shows([login, refresh], 'assertion');
  const isFingerprint = [login, refresh].some((part) => shows(part, 'publicKeyFingerprint'));
  const inClaims = referencesIn(signing?.claims).concat(referencesIn(signing?.keyId));
  const problems = [
    showsSession(login) &&
      refuse('login', 'must not show the refresh token or the access token, which it gets', 'one'),
    refresh && login === 'signed' && refuse('refresh', 'goes without a login that is signed', 'an object'),
    refresh &&
      !showsSession(refresh) &&
      refuse('refresh', 'must show refreshToken or accessToken', 'neither'),
    refresh &&
      shows(refresh, 'refreshToken') &&
      answer?.refreshToken === undefined &&
      refuse('answer.refreshToken', 'must point to the refresh token that refresh shows', 'nothing'),
    refresh === undefined &&
      answer?.refreshToken !== undefined &&
      refuse('answer.refreshToken', 'goes with refresh only', show(answer.refreshToken)),
    signs && signing === undefined && refuse('signing', 'must say how the assertion is signed', 'nothing'),
    !signs &&
      signing !== undefined &&
      refuse('signing', 'goes with an assertion in a request only', 'an object'),
    isFingerprint && refuse('login', 'must not show publicKeyFingerprint, which is for claims', 'it'),
    inClaims.some((reference) => 'value' in reference && reference.value !== 'publicKeyFingerprint') &&
      refuse('signing', 'must hold fields of the secret and publicKeyFingerprint only', 'another value'),
  ];
  return !problems.includes(REFUSED);
}
