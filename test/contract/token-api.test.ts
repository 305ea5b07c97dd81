import { describe, expect, it } from 'vitest';
import {
  credentialsInWords,
  defaultTokenApi,
  fieldsOfSecret,
  isReference,
  isText,
  referencesIn,
  type Signing,
  secretFields,
  shows,
  type TokenApiSettings,
} from '../../contract/token-api.ts';

const URL_ = 'https://api.example.com/token';
const api = defaultTokenApi('https://api.example.com');

const signing: Signing = {
  algorithm: 'RS256',
  key: 'private_key',
  passphrase: 'key_passphrase',
  certificate: 'certificate',
  keyId: { secret: 'key_id' },
  claims: { iss: { secret: 'client_id' }, extra: { deep: [{ secret: 'tenant' }] } },
  lifetimeSeconds: 300,
};

describe('what is a reference, and what is text of several parts', () => {
  it.each([
    [{ secret: 'password' }, true],
    [{ value: 'refreshToken' }, true],
    [{ value: 'publicKeyFingerprint' }, true],
    [{ value: 'something else' }, false],
    [{ secret: { secret: 'password' } }, false],
    [{ secret: 'password', more: 1 }, false],
    [{}, false],
    [['secret'], false],
    ['secret', false],
    [null, false],
  ])('%j is a reference: %j', (value, expected) => {
    expect(isReference(value)).toBe(expected);
  });

  it.each([
    [{ text: ['Bearer ', { value: 'accessToken' }] }, true],
    [{ text: [] }, true],
    [{ text: 'text' }, false],
    [{ text: [1, 2] }, false],
    [{ text: [{ body: 'a message' }] }, false],
    [{ text: ['a'], more: 1 }, false],
    [null, false],
  ])('%j is text: %j', (value, expected) => {
    expect(isText(value)).toBe(expected);
  });
});

describe('what a description shows', () => {
  const part = {
    url: { text: [URL_, '/', { secret: 'tenant' }] },
    method: 'POST',
    headers: { authorization: { text: ['Bearer ', { value: 'accessToken' }] } },
    basic: { username: { secret: 'client_id' }, password: { secret: 'client_secret' }, encoding: 'plain' },
    json: { list: [1, null, true, { secret: 'deep' }], 'refresh-token': { value: 'refreshToken' } },
  } as const;

  it('is found wherever it stands, in the order of the request', () => {
    expect(referencesIn(part)).toEqual([
      { secret: 'tenant' },
      { value: 'accessToken' },
      { secret: 'client_id' },
      { secret: 'client_secret' },
      { secret: 'deep' },
      { value: 'refreshToken' },
    ]);
  });

  it.each(['signed', undefined, null, 7])('is nothing in %j', (nothing) => {
    expect(referencesIn(nothing)).toEqual([]);
  });

  it('is told of one value, whatever else is shown', () => {
    expect(shows(part, 'accessToken')).toBe(true);
    expect(shows(part, 'refreshToken')).toBe(true);
    expect(shows(part, 'assertion')).toBe(false);
    expect(shows({ secret: 'assertion' }, 'assertion')).toBe(false);
  });
});

describe('the fields of the secret', () => {
  const shown = { url: URL_, method: 'POST', form: { client_assertion: { value: 'assertion' } } } as const;

  it('are those that a request shows, each once', () => {
    expect(secretFields({ a: { secret: 'x' }, b: { secret: 'y' }, c: { secret: 'x' } })).toEqual(['x', 'y']);
  });

  it('are, where an assertion is shown or is the token, those of the signature, too', () => {
    const ofSignature = ['client_id', 'tenant', 'key_id', 'private_key', 'key_passphrase', 'certificate'];
    expect(secretFields(shown, signing)).toEqual(ofSignature);
    expect(secretFields('signed', signing)).toEqual(ofSignature);
    expect(secretFields(api.login, signing)).toEqual(['username', 'password']);
    expect(secretFields(shown, { ...signing, passphrase: 'private_key' })).toHaveLength(5);
  });

  it('are for the default user name and password, and its certificates need not be there', () => {
    expect(fieldsOfSecret(api)).toEqual(['username', 'password']);
    expect(fieldsOfSecret(defaultTokenApi(URL_, { certificates: true }))).toEqual(['username', 'password']);
  });

  it('are those of the login, of the refresh, of the signature and of the certificates', () => {
    const described: TokenApiSettings = {
      ...api,
      refresh: { ...shown, headers: { 'x-api-key': { secret: 'api_key' } } },
      signing: { algorithm: 'EdDSA', key: 'signing_key', claims: {}, lifetimeSeconds: 60 },
      tls: { cert: 'tls_cert', key: 'tls_key', isOptional: false },
    };
    const fields = ['username', 'password', 'api_key', 'signing_key', 'tls_cert', 'tls_key'];
    expect(fieldsOfSecret(described)).toEqual(fields);
    expect(Object.keys(JSON.parse(credentialsInWords(described)))).toEqual(fields);
  });
});
