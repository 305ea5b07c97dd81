import { Duration, Token } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import type { TokenSettings } from '../../../contract/function-settings.ts';
import { defaultTokenApi } from '../../../contract/token-api.ts';
import { functionSettings } from '../../../lib/functions/function-settings.ts';
import { parseEnvironments } from '../../../lib/settings/parse.ts';
import type { NamedTokenProps } from '../../../lib/settings/settings.ts';
import type { TokenApi } from '../../../lib/settings/token-api/props.ts';
import {
  accessToken,
  assertion,
  literal,
  publicKeyFingerprint,
  refreshToken,
  secret,
  text,
  type Value,
} from '../../../lib/settings/token-api/values.ts';
import { login } from '../../../lib/token-apis/login.ts';
import { oauth2 } from '../../../lib/token-apis/oauth2.ts';
import { selfSigned } from '../../../lib/token-apis/self-signed.ts';
import { inQuickApp, stackOf } from '../synth.ts';

const NAME = 'crm';
const LOGIN_URL = 'https://crm.example.com/login';
const TOKEN_OF_CDK = Token.asString({ Ref: 'Tenant' });

/** What the function is told of a token. */
function told(token: Omit<NamedTokenProps, 'name'>): TokenSettings {
  const [environment] = parseEnvironments([{ name: 'sandbox', tokens: [{ name: NAME, ...token }] }]);
  const settings = functionSettings('sandbox', environment?.tokens ?? []).tokens[NAME];
  if (settings === undefined) throw new Error('there is no such token');
  return JSON.parse(JSON.stringify(settings));
}

/** What is wrong with it, without the place. */
function wrongWith(token: object): string[] {
  try {
    parseEnvironments([{ name: 'sandbox', tokens: [{ name: NAME, ...token }] }]);
  } catch (error) {
    return String((error as Error).message)
      .split('\n')
      .map((line) => line.replace(`environment "sandbox", token "${NAME}", `, ''));
  }
  return [];
}

const simple: TokenApi = {
  login: { url: LOGIN_URL, json: { user: secret('user'), password: secret('password') } },
  answer: { token: '/token' },
};

const withLogin = (request: object) => ({
  api: { ...simple, login: { ...(simple.login as object), ...request } },
});

describe('a token API', () => {
  it('is that of the README if none is described', () => {
    expect(told({ baseUrl: 'https://api.example.com/v1/' }).api).toEqual(
      defaultTokenApi('https://api.example.com/v1'),
    );
    expect(told({ baseUrl: 'https://api.example.com', certificatesInCredentials: true }).api).toEqual(
      defaultTokenApi('https://api.example.com', { certificates: true }),
    );
  });

  it('is told to the function as data, with every default', () => {
    expect(told({ api: simple }).api).toEqual({
      login: {
        url: LOGIN_URL,
        method: 'POST',
        json: { user: { secret: 'user' }, password: { secret: 'password' } },
      },
      answer: { token: '/token' },
      renewBy: 'refresh',
      reuse: 'allowed',
      as: 'account',
    });
  });

  it('may have everything that there is', () => {
    const api: TokenApi = {
      login: {
        url: text`/tenants/${secret('tenant')}/login`,
        method: 'PUT',
        query: { mode: 'json', key: secret('api_key') },
        headers: { 'X-Api-Key': secret('api_key'), 'X-Client-Secret': literal('none'), Accept: 'text/plain' },
        json: { site: { contentUrl: 'main', numbers: [1, true] }, password: secret('password') },
      },
      refresh: {
        url: '/refresh',
        headers: { Authorization: text`Bearer ${accessToken}` },
        form: { refresh_token: refreshToken },
      },
      answer: {
        token: '/data/0/token',
        refreshToken: '/data/0/a~1b',
        expires: { at: ['/a', '/b'], unit: 'epochMs' },
        refreshExpires: { at: '/c' },
      },
      refused: { status: 200, at: '/status', is: 'FAILURE' },
      throttled: [{ status: [400, 403] }, { at: '/code', is: [7, null] }],
      renewBy: 'login',
      reuse: 'revokes',
      as: 'client',
      tls: { ca: secret('authority') },
    };
    expect(told({ baseUrl: 'https://api.example.com/v1', api }).api).toEqual({
      login: {
        url: { text: ['https://api.example.com/v1/tenants/', { secret: 'tenant' }, '/login'] },
        method: 'PUT',
        query: { mode: 'json', key: { secret: 'api_key' } },
        headers: { 'x-api-key': { secret: 'api_key' }, 'x-client-secret': 'none', accept: 'text/plain' },
        json: { site: { contentUrl: 'main', numbers: [1, true] }, password: { secret: 'password' } },
      },
      refresh: {
        url: 'https://api.example.com/v1/refresh',
        method: 'POST',
        headers: { authorization: { text: ['Bearer ', { value: 'accessToken' }] } },
        form: { refresh_token: { value: 'refreshToken' } },
      },
      answer: {
        token: '/data/0/token',
        refreshToken: '/data/0/a~1b',
        expires: { at: ['/a', '/b'], unit: 'epochMs' },
        refreshExpires: { at: ['/c'], unit: 's' },
      },
      refused: [{ status: [200], at: '/status', is: ['FAILURE'] }],
      throttled: [{ status: [400, 403] }, { at: '/code', is: [7, null] }],
      renewBy: 'login',
      reuse: 'revokes',
      as: 'client',
      tls: { ca: 'authority', isOptional: false },
    });
  });

  it('brings defaults for the settings of its token', () => {
    const api = {
      ...simple,
      interval: Duration.minutes(40),
      accessTokenLifetime: Duration.hours(2),
      refreshTokenLifetime: Duration.days(1),
      minimumGap: Duration.minutes(30),
    };
    expect(told({ api })).toMatchObject({
      intervalSeconds: 2400,
      accessTokenLifetimeSeconds: 7200,
      refreshTokenLifetimeSeconds: 86400,
      minimumGapSeconds: 1800,
    });
    expect(told({ api, interval: Duration.minutes(31) })).toMatchObject({ intervalSeconds: 1860 });
    expect(wrongWith({ api, interval: Duration.minutes(25) })).toEqual([
      'interval: must be at least 30 minutes, since the token API grants tokens no more often; got 25 minutes',
    ]);
  });

  it('on a private address is warned of', () => {
    const api = {
      ...simple,
      login: { ...(simple.login as object), url: 'https://10.0.0.1/login' },
    } as TokenApi;
    inQuickApp((app) => {
      const stack = stackOf({ tokens: [{ name: NAME, api }] }, app);
      const warnings = Annotations.fromStack(stack).findWarning(
        '*',
        Match.stringLikeRegexp('private address'),
      );
      expect(warnings).toHaveLength(1);
    });
  });
});

describe('a mistake in the description of a token API is named', () => {
  it.each<[string, object, string]>([
    [
      'an unknown key',
      { api: { ...simple, renewby: 'login' } },
      'api, "renewby": there is no such setting, only login',
    ],
    ['no login', { api: { answer: { token: '/t' } } }, 'api.login: must be an object; got nothing'],
    ['no answer', { api: { login: simple.login } }, 'api.answer: must be an object; got nothing'],
    [
      'a pointer that is none',
      { api: { ...simple, answer: { token: 'data.token' } } },
      'api.answer.token: must be a JSON pointer (RFC 6901)',
    ],
    [
      'a pointer with a bare tilde',
      { api: { ...simple, answer: { token: '/a~b' } } },
      'api.answer.token: must be a JSON pointer',
    ],
    [
      'a unit that is none',
      { api: { ...simple, answer: { token: '/t', expires: { at: '/e', unit: 'h' } } } },
      'api.answer.expires.unit: must be one of s, ms, min, hms, epoch, epochMs, iso; got "h"',
    ],
    ['http', withLogin({ url: 'http://crm.example.com/login' }), 'api.login.url: must begin with https://'],
    [
      'a user in the URL',
      withLogin({ url: 'https://user:hunter2@crm.example.com/login' }),
      'api.login.url: must hold no user name or password',
    ],
    [
      'a query in the URL',
      withLogin({ url: 'https://crm.example.com/login?key=hunter2' }),
      'api.login.url: must have neither query nor fragment',
    ],
    [
      'a value as host',
      withLogin({ url: text`https://${secret('tenant')}.example.com/login` }),
      'api.login.url: must have a host without values in it',
    ],
    [
      'a value as URL',
      withLogin({ url: secret('url') }),
      'api.login.url: must begin with a scheme and a host',
    ],
    [
      'a path without a base URL',
      withLogin({ url: '/login' }),
      'api.login.url: must be absolute, or the token must have a baseUrl; got "/login"',
    ],
    [
      'a base URL that nothing uses',
      { baseUrl: 'https://api.example.com', api: simple },
      'baseUrl: goes without an api whose URLs are absolute; got "https://api.example.com"',
    ],
    [
      'a method that is none',
      withLogin({ method: 'post' }),
      'api.login.method: must be one of GET, POST, PUT, PATCH; got "post"',
    ],
    ['a body with GET', withLogin({ method: 'GET' }), 'api.login.method: must not be GET with a body'],
    ['two bodies', withLogin({ form: { a: 'b' } }), 'api.login: has form or json, not both; got both'],
    [
      'a header of the connection',
      withLogin({ headers: { Host: 'other.example.com' } }),
      'api.login.headers.Host: must not be set',
    ],
    [
      'a header that is none',
      withLogin({ headers: { 'X Key': 'a' } }),
      'api.login.headers.X Key: must be a name of an HTTP header',
    ],
    [
      'a header with a line break',
      withLogin({ headers: { 'X-Key': 'a\r\nb' } }),
      'api.login.headers.X-Key: must be visible ASCII',
    ],
    [
      'Basic beside a header',
      withLogin({
        basic: { username: secret('a'), password: secret('b') },
        headers: { Authorization: secret('c') },
      }),
      'api.login.basic: goes without a header Authorization',
    ],
    [
      'what cannot be JSON',
      withLogin({ json: { a: Number.NaN } }),
      'api.login.json.a: must be text, a number',
    ],
    [
      'what looks like a value',
      withLogin({ json: { a: { secret: literal('b') } } }),
      'api.login.json.a: must not have the shape of a value',
    ],
    [
      'a field that is none',
      withLogin({ json: { a: secret('two words') } }),
      'api.login.json.a: must name a field of the secret',
    ],
    [
      'a refresh token in the login',
      withLogin({ json: { a: refreshToken } }),
      'api.login: must not show the refresh token or the access token',
    ],
    [
      'an access token in the login',
      withLogin({ json: { a: text`Bearer ${accessToken}` } }),
      'api.login: must not show the refresh token or the access token',
    ],
    [
      'a refresh that shows nothing',
      { api: { ...simple, refresh: { url: LOGIN_URL, json: {} } } },
      'api.refresh: must show refreshToken or accessToken',
    ],
    [
      'no pointer to the refresh token',
      { api: { ...simple, refresh: { url: LOGIN_URL, json: { t: refreshToken } } } },
      'api.answer.refreshToken: must point to the refresh token',
    ],
    [
      'a pointer without a refresh',
      { api: { ...simple, answer: { token: '/t', refreshToken: '/r' } } },
      'api.answer.refreshToken: goes with refresh only; got "/r"',
    ],
    [
      'an assertion that nobody signs',
      withLogin({ json: { assertion } }),
      'api.signing: must say how the assertion is signed',
    ],
    [
      'a signature that nothing shows',
      { api: { ...simple, signing: { algorithm: 'RS256', key: secret('k') } } },
      'api.signing: goes with an assertion',
    ],
    [
      'a fingerprint in a request',
      withLogin({ json: { a: publicKeyFingerprint } }),
      'api.login: must not show publicKeyFingerprint',
    ],
    [
      'an algorithm that is none',
      { api: { login: 'signed', signing: { algorithm: 'HS256', key: secret('k') } } },
      'api.signing.algorithm: must be one of RS256',
    ],
    [
      'a key that is text',
      { api: { login: 'signed', signing: { algorithm: 'RS256', key: 'hunter2' } } },
      'api.signing.key: must be a field of the secret',
    ],
    [
      'a refresh token in claims',
      {
        api: {
          login: 'signed',
          signing: { algorithm: 'RS256', key: secret('k'), claims: { a: refreshToken } },
        },
      },
      'api.signing: must hold fields of the secret and publicKeyFingerprint only',
    ],
    [
      'an assertion that lives long',
      {
        api: {
          ...withLogin({ json: { assertion } }).api,
          signing: { algorithm: 'RS256', key: secret('k'), lifetime: Duration.minutes(6) },
        },
      },
      'api.signing.lifetime: must be a whole number of seconds, one minute to 5 minutes',
    ],
    [
      'a signed token that is dead at once',
      {
        api: {
          login: 'signed',
          signing: { algorithm: 'RS256', key: secret('k'), lifetime: Duration.seconds(30) },
        },
      },
      'api.signing.lifetime: must be a whole number of seconds, one minute to 24 hours',
    ],
    [
      'an answer to nothing',
      { api: { login: 'signed', answer: { token: '' }, signing: { algorithm: 'RS256', key: secret('k') } } },
      'api.answer: goes without a login that is signed',
    ],
    [
      'a certificate without its key',
      { api: { ...simple, tls: { cert: secret('c') } } },
      'api.tls: must have cert and key together',
    ],
    [
      'both ways to certificates',
      { api: { ...simple, tls: { ca: secret('c') } }, certificatesInCredentials: true },
      'api.tls: goes without certificatesInCredentials',
    ],
    [
      'a match of everything',
      { api: { ...simple, refused: {} } },
      'api.refused: must have a status, or a pointer at',
    ],
    [
      'a match of every grant',
      { api: { ...simple, refused: { status: 200 } } },
      'api.refused.at: must tell a refusal from a grant',
    ],
    [
      'a match without a place',
      { api: { ...simple, refused: { status: 200, is: 'a' } } },
      'api.refused.is: goes with at',
    ],
    ['neither', {}, 'baseUrl: must be an absolute URL'],
    [
      'a user before a value in the host',
      withLogin({ url: text`https://user:hunter2@${secret('host')}/login` }), // secret-scan: made up
      'api.login.url: must have a host without values in it; got a value in the host',
    ],
    [
      'a base URL of the same host that nothing uses',
      { baseUrl: 'https://crm.example.com', api: simple },
      'baseUrl: goes without an api whose URLs are absolute; got "https://crm.example.com"',
    ],
    [
      'one header twice',
      withLogin({ headers: { 'X-Key': 'a', 'x-key': 'b' } }),
      'api.login.headers: must have different names, whatever their case; got "x-key" twice',
    ],
    [
      'a number where a secret belongs',
      withLogin({ json: { passcode: [1234] } }),
      'api.login.json.passcode.0: must not be written here',
    ],
    [
      'a claim that is added',
      { api: { login: 'signed', signing: { algorithm: 'RS256', key: secret('k'), claims: { iat: 0 } } } },
      'api.signing.claims: must not hold "iat", which is set already',
    ],
    [
      'a claim that is said twice',
      {
        api: {
          login: 'signed',
          signing: { algorithm: 'RS256', key: secret('k'), subject: 'a', claims: { sub: 'b' } },
        },
      },
      'api.signing.claims: must not hold "sub", which is set already',
    ],
    [
      'a refresh of what is signed',
      {
        api: {
          login: 'signed',
          refresh: { url: LOGIN_URL, headers: { authorization: text`Bearer ${accessToken}` } },
          signing: { algorithm: 'RS256', key: secret('k') },
        },
      },
      'api.refresh: goes without a login that is signed',
    ],
  ])('%s', (_, token, message) => {
    const messages = wrongWith(token);
    expect(messages.filter((line) => line.startsWith(message))).toHaveLength(1);
    expect(messages.join()).not.toContain('hunter2');
  });

  it.each([
    'password',
    'Passphrase',
    'user_pwd',
    'client_secret',
    'client-Secret',
    'client_assertion_type',
    'x-api-key',
    'ApiKey',
    'token',
    'refresh_token',
    'Authorization',
    'COOKIE',
  ])('text where a secret belongs: %s', (name) => {
    const placesOf = (written: Value) => [
      { json: undefined, form: { [name]: written } },
      { query: { [name]: written } },
      { headers: { [name]: written } },
      { json: { deep: [{ [name]: [written] }] } },
    ];
    for (const part of [...placesOf('hunter2'), ...placesOf(text`hunter2`)]) {
      const [message, ...others] = wrongWith(withLogin(part));
      expect(message).toContain(name);
      expect(message).toContain('must not be written here');
      expect(message).not.toContain('hunter2');
      expect(others).toEqual([]);
    }
    for (const part of placesOf(literal('none'))) expect(wrongWith(withLogin(part))).toEqual([]);
  });

  it.each(['username', 'grant_type', 'scope', 'token_type_hint', 'x-tenant', 'keyword'])(
    'text is no secret in %s',
    (name) => {
      expect(wrongWith(withLogin({ query: { [name]: 'plain' } }))).toEqual([]);
    },
  );

  it.each<[string, object]>([
    ['text', { json: { tenant: TOKEN_OF_CDK } }],
    ['a literal', { json: { tenant: literal(TOKEN_OF_CDK) } }],
    ['text with values', { json: { tenant: text`${secret('a')}-${TOKEN_OF_CDK}` } }],
    ['the name of a field', { json: { tenant: secret(TOKEN_OF_CDK) } }],
    ['a number', { json: { tenant: Token.asNumber({ Ref: 'Tenant' }) } }],
    ['a list', { json: { tenant: Token.asList({ Ref: 'Tenant' }) } }],
    ['an object', { json: { tenant: Token.asAny({ Ref: 'Tenant' }) } }],
    ['a header', { headers: { 'X-Tenant': TOKEN_OF_CDK } }],
  ])('what is not known at synthesis: %s', (_, request) => {
    expect(wrongWith(withLogin(request))).toEqual([
      expect.stringMatching(/^api\.login\..*: must be known at synthesis.*; got a token of the CDK$/),
    ]);
  });

  it('a base URL once, and not the paths below it as well', () => {
    const baseUrl = 'http://crm.example.com';
    expect(wrongWith({ baseUrl, ...withLogin({ url: '/login' }) })).toHaveLength(1);
  });

  it('all of them at once', () => {
    expect(
      wrongWith({ api: { login: { url: 'x', method: 'y' }, answer: { token: 'z' } }, interval: 1 }),
    ).toHaveLength(4);
  });
});

describe('oauth2', () => {
  const tokenUrl = 'https://login.example.com/oauth/token';
  const apiOf = (props: Omit<Parameters<typeof oauth2>[0], 'tokenUrl'>) =>
    told({ api: oauth2({ tokenUrl, ...props }) }).api;
  const basic = {
    username: { secret: 'client_id' },
    password: { secret: 'client_secret' },
    encoding: 'rfc6749',
  };
  const answer = { token: '/access_token', expires: { at: ['/expires_in'], unit: 's' } };
  const rest = { renewBy: 'refresh', reuse: 'allowed' };

  it('logs a client in by Basic', () => {
    expect(
      apiOf({
        grant: 'client_credentials',
        scope: 'read',
        audience: 'a',
        resource: 'r',
        params: { more: 'm' },
      }),
    ).toEqual({
      login: {
        url: tokenUrl,
        method: 'POST',
        basic,
        form: { grant_type: 'client_credentials', scope: 'read', audience: 'a', resource: 'r', more: 'm' },
      },
      answer,
      as: 'client',
      ...rest,
    });
  });

  it('logs an account in and refreshes, with the client in the body', () => {
    const client = { client_id: { secret: 'client_id' }, client_secret: { secret: 'client_secret' } };
    expect(apiOf({ grant: 'password', auth: 'client_secret_post', body: 'json' })).toEqual({
      login: {
        url: tokenUrl,
        method: 'POST',
        json: {
          grant_type: 'password',
          username: { secret: 'username' },
          password: { secret: 'password' },
          ...client,
        },
      },
      refresh: {
        url: tokenUrl,
        method: 'POST',
        json: { grant_type: 'refresh_token', refresh_token: { value: 'refreshToken' }, ...client },
      },
      answer: { ...answer, refreshToken: '/refresh_token' },
      as: 'account',
      ...rest,
    });
  });

  it('signs an assertion of the client, or of whom it speaks for', () => {
    expect(
      apiOf({
        grant: 'client_credentials',
        auth: 'private_key_jwt',
        signing: { algorithm: 'ES256', keyId: 'k1' },
      }),
    ).toMatchObject({
      login: {
        form: {
          client_id: { secret: 'client_id' },
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: { value: 'assertion' },
        },
      },
      signing: {
        algorithm: 'ES256',
        key: 'private_key',
        keyId: 'k1',
        claims: { iss: { secret: 'client_id' }, sub: { secret: 'client_id' }, aud: tokenUrl },
        lifetimeSeconds: 300,
      },
      as: 'client',
    });
    const google = apiOf({
      grant: 'jwt_bearer',
      auth: 'none',
      signing: { algorithm: 'RS256', issuer: secret('client_email'), claims: { scope: 'cloud' } },
    });
    expect(google.login).toEqual({
      url: tokenUrl,
      method: 'POST',
      form: { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: { value: 'assertion' } },
    });
    expect(google.signing?.claims).toMatchObject({ iss: { secret: 'client_email' }, scope: 'cloud' });
  });

  it('takes whatever grant a vendor has, a public client, and certificates', () => {
    expect(
      apiOf({ grant: 'account_credentials', params: { account_id: secret('account_id') } }).login,
    ).toMatchObject({ form: { grant_type: 'account_credentials', account_id: { secret: 'account_id' } } });
    expect(
      apiOf({ grant: 'password', auth: 'none', fields: { clientId: literal('node-red-admin') } }).login,
    ).toMatchObject({ form: { client_id: 'node-red-admin' } });
    expect(apiOf({ grant: 'client_credentials', auth: 'tls_client_auth' })).toMatchObject({
      tls: { cert: 'cert', key: 'key', isOptional: false },
    });
  });
});

describe('login and selfSigned', () => {
  it('write what they are told', () => {
    const api = login({
      url: LOGIN_URL,
      form: { password: secret('password') },
      answer: { token: '/t' },
      interval: Duration.minutes(5),
    });
    expect(told({ api })).toMatchObject({
      intervalSeconds: 300,
      api: { as: 'account', login: { url: LOGIN_URL, form: { password: { secret: 'password' } } } },
    });
  });

  it('sign the access token itself, which then lives as long as it says', () => {
    const issuer = text`ACCOUNT.USER.${publicKeyFingerprint}`;
    const snowflake = selfSigned({ signing: { algorithm: 'RS256', issuer, subject: 'ACCOUNT.USER' } });
    expect(told({ api: snowflake })).toMatchObject({
      accessTokenLifetimeSeconds: 3570,
      api: {
        login: 'signed',
        as: 'client',
        signing: {
          key: 'private_key',
          lifetimeSeconds: 3600,
          claims: { iss: { text: ['ACCOUNT.USER.', { value: 'publicKeyFingerprint' }] } },
        },
      },
    });
  });

  it('or show it to get one', () => {
    const api = selfSigned({
      signing: { algorithm: 'RS256', issuer: secret('app_id') },
      exchange: {
        url: LOGIN_URL,
        headers: { Accept: 'application/vnd.github+json' },
        answer: { token: '/token', expires: { at: '/expires_at', unit: 'iso' } },
      },
    });
    expect(told({ api }).api.login).toEqual({
      url: LOGIN_URL,
      method: 'POST',
      headers: {
        authorization: { text: ['Bearer ', { value: 'assertion' }] },
        accept: 'application/vnd.github+json',
      },
    });
  });
});

describe('a secret that several tokens adopt', () => {
  const credentialsSecretArn = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:client-AbCdEf';
  const client = (scope: string) => ({
    credentialsSecretArn,
    api: oauth2({ tokenUrl: LOGIN_URL, grant: 'client_credentials', scope }),
  });
  const both = (one: object, other: object, environments = 1) => {
    const tokens = [
      { name: 'one', ...one },
      { name: 'other', ...other },
    ] as NamedTokenProps[];
    const all =
      environments === 1
        ? [{ name: 'sandbox', tokens }]
        : tokens.map((token, index) => ({ name: `stage${index}`, tokens: [token] }));
    try {
      parseEnvironments(all);
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };

  it('may be that of one client', () => {
    expect(both(client('read'), client('write'))).toBe('');
  });

  it('counts once, however many share it', () => {
    const accessTokenLifetime = Duration.hours(1);
    const tokens = Array.from({ length: 70 }, (_, index) => ({
      name: `token-${index}`,
      accessTokenLifetime,
      ...client(`scope-${index}`),
      credentialsSecretArn: credentialsSecretArn.replace('client', 'a-client-of-many-scopes'),
    }));
    expect(parseEnvironments([{ name: 'sandbox', tokens }])[0]?.tokens).toHaveLength(70);
  });

  it('may not be that of an account, nor of two environments', () => {
    const account = { baseUrl: 'https://api.example.com', credentialsSecretArn };
    for (const pair of [
      [account, client('read')],
      [client('read'), account],
    ] as const)
      expect(both(pair[0], pair[1])).toContain(
        'only clients of one environment may share one, since logins to one account would lock it',
      );
    expect(both(client('read'), client('write'), 2)).toContain('only clients of one environment');
  });
});
