import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../contract/clock.ts';
import type { TokenSettings } from '../../../contract/function-settings.ts';
import {
  defaultTokenApi,
  SIGNING_ALGORITHMS,
  type Signing,
  type SigningAlgorithm,
} from '../../../contract/token-api.ts';
import { RefreshError } from '../../../lambda/refresh/refresh-error.ts';
import { checkSigning, signJwt } from '../../../lambda/token-api/signing.ts';
import { tokenApiOf } from '../../../lambda/token-api/token-api.ts';
import { selfSigned } from '../../component/certificate.ts';

const NOW = Date.parse('2026-11-21T09:00:00.700Z');

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const small = generateKeyPairSync('rsa', { modulusLength: 1024 });
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
const p256 = ec('P-256');
const ed25519 = generateKeyPairSync('ed25519');

const KEYS: Record<SigningAlgorithm, { privateKey: KeyObject; publicKey: KeyObject }> = {
  RS256: rsa,
  RS384: rsa,
  RS512: rsa,
  PS256: rsa,
  PS384: rsa,
  PS512: rsa,
  ES256: p256,
  ES384: ec('P-384'),
  ES512: ec('P-521'),
  EdDSA: ed25519,
};

const pem = (key: KeyObject, type: 'pkcs8' | 'pkcs1' | 'sec1' = 'pkcs8') =>
  key.export({ type, format: 'pem' }).toString();

const signing = (fields: Partial<Signing> = {}): Signing => ({
  algorithm: 'RS256',
  key: 'private_key',
  claims: { iss: { secret: 'client_id' }, aud: 'https://api.example.com/token' },
  lifetimeSeconds: 300,
  ...fields,
});

const sign = (of: Signing, fields: Record<string, string>) =>
  signJwt({ signing: of, fields: { client_id: 'refresher', ...fields }, now: NOW });

const partsOf = (jwt: string): Record<string, unknown>[] =>
  jwt
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));

/** By Node.js alone. */
function isSignedBy(jwt: string, algorithm: SigningAlgorithm, key: KeyObject): boolean {
  const [header, payload, signature = ''] = jwt.split('.');
  const hash = algorithm === 'EdDSA' ? null : `sha${algorithm.slice(2)}`;
  const pss = { padding: 6, saltLength: Number(algorithm.slice(2)) / 8 };
  const options = {
    key,
    ...(algorithm.startsWith('PS') && pss),
    ...(algorithm.startsWith('ES') && { dsaEncoding: 'ieee-p1363' as const }),
  };
  return verify(hash, Buffer.from(`${header}.${payload}`), options, Buffer.from(signature, 'base64url'));
}

describe('a signed JWT', () => {
  it.each(SIGNING_ALGORITHMS)('is verified by the public key: %s', async (algorithm) => {
    const { privateKey, publicKey } = KEYS[algorithm];
    const jwt = await sign(signing({ algorithm }), { private_key: pem(privateKey) });
    expect(isSignedBy(jwt, algorithm, publicKey)).toBe(true);
    expect(isSignedBy(`${jwt.slice(0, -8)}AAAAAAAA`, algorithm, publicKey)).toBe(false);
  });

  it('says who made it when, for how long, and is not like another', async () => {
    const of = signing({
      keyId: { secret: 'kid' },
      claims: { iss: { secret: 'client_id' }, aud: ['a', 'b'] },
    });
    const fields = { private_key: pem(rsa.privateKey), kid: 'key-1' };
    const [header, claims] = partsOf(await sign(of, fields));
    expect(header).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'key-1' });
    const seconds = Math.floor(NOW / 1000);
    expect(claims).toEqual({
      iss: 'refresher',
      aud: ['a', 'b'],
      iat: seconds - 30,
      exp: seconds - 30 + 300,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(partsOf(await sign(of, fields))[1]?.jti).not.toBe(claims?.jti);
  });

  it('names its certificate by both thumbprints', async () => {
    const { cert, key } = selfSigned('signer');
    const der = Buffer.from(cert.replaceAll(/-----.*-----|\s/g, ''), 'base64');
    const of = signing({ algorithm: algorithmOf(key), certificate: 'certificate' });
    const fields = { private_key: key, certificate: `${cert}\n${selfSigned('authority').cert}` };
    expect(() => checkSigning(of, fields)).not.toThrow();
    const [header] = partsOf(await sign(of, fields));
    expect(header).toMatchObject({
      x5t: createHash('sha1').update(der).digest('base64url'),
      'x5t#S256': createHash('sha256').update(der).digest('base64url'),
    });
  });

  it("may hold the public key's fingerprint, as openssl makes it", async () => {
    const of = signing({
      claims: { iss: { text: ['ACCOUNT.USER.', { value: 'publicKeyFingerprint' }] } },
    });
    const spki = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const der = Buffer.from(spki.replaceAll(/-----.*-----|\s/g, ''), 'base64');
    const [, claims] = partsOf(await sign(of, { private_key: pem(rsa.privateKey) }));
    expect(claims?.iss).toBe(`ACCOUNT.USER.SHA256:${createHash('sha256').update(der).digest('base64')}`);
  });
});

it('a signed JWT that is the access token is granted for as long as it has to live', async () => {
  const settings: TokenSettings = {
    api: { ...defaultTokenApi('https://api.example.com'), login: 'signed', signing: signing() },
    credentialsSecretId: 'secret',
    intervalSeconds: 60,
    accessTokenLifetimeSeconds: 240,
    refreshTokenLifetimeSeconds: 240,
  };
  const never = () => Promise.reject(new Error('nobody is to be called'));
  const api = tokenApiOf(settings, {
    send: never,
    clock: { ...systemClock, now: () => NOW },
    credentials: { currentVersion: never, read: never },
  });
  const secret = JSON.stringify({ client_id: 'refresher', private_key: pem(rsa.privateKey) });
  const { accessToken, lifetimeSeconds } = await api.login(await api.parseCredentials(secret), 1000);
  expect(partsOf(accessToken)[1]?.exp).toBe(Math.floor(NOW / 1000) + (lifetimeSeconds ?? 0));
  await expect(api.parseCredentials(secret.replaceAll('PRIVATE', 'PUBLIC'))).rejects.toThrow(
    'CredentialsMalformed: field private_key must be a private key as PEM; it is a public key',
  );
});

const algorithmOf = (key: string): SigningAlgorithm =>
  createPublicKey(key).asymmetricKeyType === 'rsa' ? 'RS256' : 'ES256';

describe('a key', () => {
  const PKCS8 = pem(rsa.privateKey);
  const encrypted = rsa.privateKey
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open sesame' })
    .toString();
  const oldEncrypted = rsa.privateKey
    .export({ type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open sesame' })
    .toString();

  it.each([
    ['PKCS #8', PKCS8],
    ['PKCS #1', pem(rsa.privateKey, 'pkcs1')],
    ['with blanks around it', `\n  ${PKCS8}  \n\n`],
    ['with line ends of Windows', PKCS8.replaceAll('\n', '\r\n')],
    ['with line ends written out', PKCS8.replaceAll('\n', '\\n')],
    ['with line ends of Windows written out', PKCS8.replaceAll('\n', '\\r\\n')],
    ['with blanks in place of line ends', PKCS8.replaceAll('\n', ' ')],
    ['with no line ends', PKCS8.replaceAll('\n', '')],
    ['in quotes', `"${PKCS8}"`],
    ['with text of PKCS #12 before it', `Bag Attributes\n    localKeyID: 01 02\nKey Attributes\n${PKCS8}`],
    ['with a certificate behind it', `${PKCS8}${selfSigned('signer').cert}`],
  ])('signs as %s', async (_, private_key) => {
    const jwt = await sign(signing(), { private_key });
    expect(isSignedBy(jwt, 'RS256', rsa.publicKey)).toBe(true);
  });

  /** `openssl ecparam -genkey` writes it before the key: the object identifier of P-256. */
  const PARAMETERS = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n';

  it.each([
    ['SEC 1', pem(p256.privateKey, 'sec1')],
    ['SEC 1 with parameters before it', PARAMETERS + pem(p256.privateKey, 'sec1')],
    ['PKCS #8', pem(p256.privateKey)],
  ])('on a curve signs as %s', async (_, private_key) => {
    const jwt = await sign(signing({ algorithm: 'ES256' }), { private_key });
    expect(isSignedBy(jwt, 'ES256', p256.publicKey)).toBe(true);
  });

  it.each([
    ['PKCS #8', encrypted],
    ['PKCS #8 with blanks in place of line ends', encrypted.replaceAll('\n', ' ')],
    ['PKCS #1', oldEncrypted],
  ])('signs if its passphrase opens it: %s', async (_, private_key) => {
    const of = signing({ passphrase: 'passphrase' });
    const jwt = await sign(of, { private_key, passphrase: 'open sesame' });
    expect(isSignedBy(jwt, 'RS256', rsa.publicKey)).toBe(true);
    expect(failure(of, { private_key, passphrase: 'wrong' })).toBe(
      'field private_key is encrypted, and field passphrase does not open it',
    );
  });

  const publicKey = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();

  it.each<[string, SigningAlgorithm, string, string]>([
    ['text', 'RS256', 'hunter2-is-no-key', 'must be a private key as PEM'],
    ['a public key', 'RS256', publicKey, 'must be a private key as PEM; it is a public key'],
    [
      'a certificate',
      'RS256',
      selfSigned('signer').cert,
      'must be a private key as PEM; it is a certificate',
    ],
    ['a key without its end', 'RS256', PKCS8.slice(0, -40), 'must be a private key as PEM'],
    [
      'a key that is cut off',
      'RS256',
      PKCS8.replace(/[\w+/=\n]{200}\n-----END/, '-----END'),
      'is not usable as PEM',
    ],
    [
      'a key of ssh-keygen',
      'RS256',
      PKCS8.replaceAll('PRIVATE KEY', 'OPENSSH PRIVATE KEY'),
      "must be PKCS #8, PKCS #1 or SEC 1; it is in OpenSSH's format",
    ],
    [
      'an encrypted key',
      'RS256',
      encrypted,
      'is encrypted, and the settings name no field of its passphrase',
    ],
    [
      'a short RSA key',
      'PS256',
      pem(small.privateKey),
      'must be an RSA key of at least 2048 bits for PS256; it is an RSA key of 1024 bits',
    ],
    [
      'an EC key',
      'RS256',
      pem(p256.privateKey),
      'must be an RSA key of at least 2048 bits for RS256; it is an EC key on P-256',
    ],
    ['an RSA key', 'ES256', PKCS8, 'must be an EC key on P-256 for ES256; it is an RSA key of 2048 bits'],
    [
      'another curve',
      'ES384',
      pem(p256.privateKey),
      'must be an EC key on P-384 for ES384; it is an EC key on P-256',
    ],
    [
      'a curve of no algorithm',
      'ES256',
      pem(ec('secp256k1').privateKey),
      'must be an EC key on P-256 for ES256; it is an EC key on another curve',
    ],
    [
      'a key for something else',
      'EdDSA',
      pem(generateKeyPairSync('x25519').privateKey),
      'must be an Ed25519 key for EdDSA; it is of type x25519',
    ],
  ])('that cannot sign is named, and not shown: %s', (_, algorithm, private_key, what) => {
    const message = failure(signing({ algorithm }), { private_key });
    expect(message).toBe(`field private_key ${what}`);
    const pieces = private_key.split(/\s+/).filter((piece) => piece.length > 20);
    expect(pieces.filter((piece) => message.includes(piece))).toEqual([]);
  });

  it.each([
    ['none', PKCS8, 'must be a certificate as PEM'],
    ['of another key', selfSigned('other').cert, 'must be the certificate of the key in field private_key'],
  ])('and a certificate that is %s are told apart', (_, certificate, what) => {
    expect(failure(signing({ certificate: 'certificate' }), { private_key: PKCS8, certificate })).toBe(
      `field certificate ${what}`,
    );
  });
});

function failure(of: Signing, fields: Record<string, string>): string {
  try {
    checkSigning(of, fields);
  } catch (error) {
    if (error instanceof RefreshError && error.code === 'CredentialsMalformed')
      return error.fields.detail ?? '';
    throw error;
  }
  throw new Error('the fields can sign');
}
