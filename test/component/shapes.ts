import { generateKeyPairSync, verify } from 'node:crypto';
import { defaultTokenApi, type TokenApiSettings } from '../../contract/token-api.ts';
import { assertionShape, oauthShape, oddShape } from '../../fakes/token-api/shapes.ts';
import { markedSecret } from '../security/leaks.ts';
import { DEFAULT_SHAPE, type DescribedShape, PASSWORD, USERNAME } from './stage.ts';

const CLIENT = { id: 'refresher client', secret: `${markedSecret()}: +/%é` };
const API_KEY = markedSecret();
const TENANT = 'tenant & sons';

const basic = {
  username: { secret: 'client_id' },
  password: { secret: 'client_secret' },
  encoding: 'rfc6749',
} as const;

const oauth = (baseUrl: string): TokenApiSettings => {
  const request = { url: `${baseUrl}/oauth2/token`, method: 'POST', basic } as const;
  return {
    ...defaultTokenApi(baseUrl),
    login: {
      ...request,
      form: { grant_type: 'password', username: { secret: 'username' }, password: { secret: 'password' } },
    },
    refresh: {
      ...request,
      form: { grant_type: 'refresh_token', refresh_token: { value: 'refreshToken' } },
    },
    answer: {
      token: '/access_token',
      refreshToken: '/refresh_token',
      expires: { at: ['/expires_in'], unit: 's' },
    },
  };
};

const odd = (baseUrl: string): TokenApiSettings => {
  const request = { url: `${baseUrl}/v2/session`, query: { tenant: { secret: 'tenant' } } };
  const headers = { 'x-api-key': { secret: 'api_key' } };
  return {
    ...defaultTokenApi(baseUrl),
    login: {
      ...request,
      method: 'POST',
      headers,
      json: { user: { loginName: { secret: 'login' }, passPhrase: { secret: 'phrase' } }, version: 2 },
    },
    refresh: {
      ...request,
      method: 'PUT',
      headers: { ...headers, authorization: { text: ['Bearer ', { value: 'refreshToken' }] } },
    },
    answer: {
      token: '/result/0/session/jwt',
      refreshToken: '/result/0/session/renewal',
      expires: { at: ['/result/0/session/lasts'], unit: 'hms' },
    },
    refused: [{ status: [200], at: '/code', is: ['DENIED'] }],
  };
};

/** As {@link CLIENT} is sent in HTTP Basic. */
const encoded = (text: string): string => new URLSearchParams({ text }).toString().slice('text='.length);
const BASIC = Buffer.from(`${encoded(CLIENT.id)}:${encoded(CLIENT.secret)}`).toString('base64');

/** Shapes of token APIs; the refresher must do the same with all of them. */
export const SHAPES: Readonly<Record<string, DescribedShape>> = {
  'of the default': DEFAULT_SHAPE,
  'of OAuth with form and Basic': {
    server: oauthShape(CLIENT),
    describe: oauth,
    credentials: (password) =>
      JSON.stringify({ username: USERNAME, password, client_id: CLIENT.id, client_secret: CLIENT.secret }),
    secrets: () => [CLIENT.secret, BASIC],
  },
  'of its own, with odd units': {
    server: oddShape({ apiKey: API_KEY, tenant: TENANT }),
    describe: odd,
    credentials: (password) =>
      JSON.stringify({ login: USERNAME, phrase: password, api_key: API_KEY, tenant: TENANT }),
    secrets: () => [API_KEY],
  },
};

const PASSPHRASE = markedSecret();
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pkcs8 = { type: 'pkcs8', format: 'pem' } as const;
const PRIVATE_KEY = String(privateKey.export({ ...pkcs8, cipher: 'aes-256-cbc', passphrase: PASSPHRASE }));
const keyLines = [PRIVATE_KEY, String(privateKey.export(pkcs8))].flatMap((pem) =>
  pem.split('\n').filter((line) => line !== '' && !line.startsWith('-')),
);

function isSigned(assertion: string): boolean {
  const [header, claims, signature = ''] = assertion.split('.');
  const key = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
  return verify('sha256', Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, 'base64url'));
}

/** A client of OAuth that shows signed assertions (`private_key_jwt`). */
export const ASSERTING: DescribedShape = {
  server: assertionShape({ username: USERNAME, password: PASSWORD }, isSigned),
  describe(baseUrl) {
    const url = `${baseUrl}/oauth2/token`;
    const asserted = {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: { value: 'assertion' },
    } as const;
    return {
      ...oauth(baseUrl),
      login: { url, method: 'POST', form: { grant_type: 'client_credentials', ...asserted } },
      refresh: {
        url,
        method: 'POST',
        form: { grant_type: 'refresh_token', refresh_token: { value: 'refreshToken' }, ...asserted },
      },
      signing: {
        algorithm: 'ES256',
        key: 'private_key',
        passphrase: 'passphrase',
        claims: { iss: { secret: 'client_id' }, sub: { secret: 'client_id' }, aud: url },
        lifetimeSeconds: 300,
      },
    };
  },
  credentials: (passphrase) =>
    JSON.stringify({
      client_id: CLIENT.id,
      private_key: PRIVATE_KEY,
      passphrase: passphrase === PASSWORD ? PASSPHRASE : passphrase,
    }),
  secrets: (received) => [
    PASSPHRASE,
    ...keyLines,
    ...received.flatMap(({ body }) => new URLSearchParams(body).get('client_assertion') ?? []),
  ],
};
