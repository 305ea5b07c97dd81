import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  randomUUID,
  X509Certificate,
} from 'node:crypto';
import { SignJWT } from 'jose/jwt/sign';
import { SECOND } from '../../contract/times.ts';
import type { Signing, SigningAlgorithm } from '../../contract/token-api.ts';
import { RefreshError } from '../refresh/refresh-error.ts';
import { fill, fillTemplate, type Insert } from './fill.ts';

/* Loaded only where settings sign: the library that signs is as large as the rest of this folder. */

/** So that a server whose clock is a little slow takes it. */
const ISSUED_SECONDS_AGO = 30;

/** RFC 7518, section 3.3. */
const LEAST_RSA_BITS = 2048;

/** Curves by the algorithm (RFC 7518, section 3.4), as OpenSSL names them. */
const CURVES: Partial<Record<SigningAlgorithm, readonly [openssl: string, usual: string]>> = {
  ES256: ['prime256v1', 'P-256'],
  ES384: ['secp384r1', 'P-384'],
  ES512: ['secp521r1', 'P-521'],
};

type Fields = Readonly<Record<string, string>>;

export interface SigningSituation {
  readonly signing: Signing;
  /** Of the secret. */
  readonly fields: Fields;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * A JWT that was never sent before: it has an id of its own.
 *
 * @throws RefreshError `CredentialsMalformed`
 */
export async function signJwt({ signing, fields, now }: SigningSituation): Promise<string> {
  const { algorithm, keyId, certificate, claims, lifetimeSeconds } = signing;
  const key = privateKey(signing, fields);
  const insert: Insert = (reference) =>
    'secret' in reference ? (fields[reference.secret] ?? '') : fingerprintOf(key);
  const seconds = Math.floor(now / SECOND);
  return new SignJWT(fillTemplate(claims, insert) as Record<string, unknown>)
    .setProtectedHeader({
      alg: algorithm,
      typ: 'JWT',
      ...(keyId !== undefined && { kid: fill(keyId, insert) }),
      ...(certificate !== undefined && thumbprintsOf(certificate, fields)),
    })
    .setIssuedAt(seconds - ISSUED_SECONDS_AGO)
    .setExpirationTime(seconds + lifetimeSeconds)
    .setJti(randomUUID())
    .sign(key);
}

/** @throws RefreshError `CredentialsMalformed` if the fields cannot sign. */
export function checkSigning(signing: Signing, fields: Fields): void {
  privateKey(signing, fields);
  if (signing.certificate !== undefined) thumbprintsOf(signing.certificate, fields);
}

function privateKey({ algorithm, key: field, passphrase }: Signing, fields: Fields): KeyObject {
  const pem = pemIn(fields[field]);
  if (!pem.includes('PRIVATE KEY-----')) throw malformed(field, 'must be a private key as PEM');
  const secret = passphrase === undefined ? undefined : fields[passphrase];
  const key = unless(
    () => createPrivateKey({ key: pem, ...(secret !== undefined && { passphrase: secret }) }),
    /ENCRYPTED/.test(pem)
      ? malformed(field, `is encrypted: the field ${passphrase ?? 'of a passphrase'} must open it`)
      : malformed(field, 'is not usable as PEM'),
  );
  const needed = whatIsWrong(key, algorithm);
  if (needed !== undefined) throw malformed(field, `must be ${needed} for ${algorithm}`);
  return key;
}

/** What kind of key the algorithm needs; undefined: this one fits. */
function whatIsWrong(
  { asymmetricKeyType: type, asymmetricKeyDetails: details = {} }: KeyObject,
  algorithm: SigningAlgorithm,
): string | undefined {
  const [curve, name] = CURVES[algorithm] ?? [];
  if (curve !== undefined)
    return type === 'ec' && details.namedCurve === curve ? undefined : `an EC key on ${name}`;
  if (algorithm === 'EdDSA') return type === 'ed25519' ? undefined : 'an Ed25519 key';
  const isRsa = type === 'rsa' && (details.modulusLength ?? 0) >= LEAST_RSA_BITS;
  return isRsa ? undefined : `an RSA key of at least ${LEAST_RSA_BITS} bits`;
}

/** RFC 7515, sections 4.1.7 and 4.1.8. */
function thumbprintsOf(field: string, fields: Fields): Record<string, string> {
  const { raw } = unless(
    () => new X509Certificate(pemIn(fields[field])),
    malformed(field, 'must be a certificate as PEM'),
  );
  const thumbprint = (algorithm: string) => createHash(algorithm).update(raw).digest('base64url');
  return { x5t: thumbprint('sha1'), 'x5t#S256': thumbprint('sha256') };
}

/**
 * As Snowflake names a key.
 *
 * @see https://docs.snowflake.com/en/developer-guide/sql-api/authenticating
 */
function fingerprintOf(key: KeyObject): string {
  const der = createPublicKey(key).export({ type: 'spki', format: 'der' });
  return `SHA256:${createHash('sha256').update(der).digest('base64')}`;
}

/** PEM as it is, and as it gets by copying: with line ends written out or turned into blanks, and blanks around it. */
function pemIn(text = ''): string {
  const lines = text.replaceAll('\\r', '').replaceAll('\\n', '\n').replaceAll('\r', '').trim();
  const match = /^(-----BEGIN [A-Z0-9 ]+-----)([\s\S]*)(-----END [A-Z0-9 ]+-----)$/.exec(lines);
  if (match === null) return lines;
  const [, begin, body = '', end] = match;
  // Old encrypted keys have headers, whose lines are needed.
  return body.includes(':') ? lines : `${begin}\n${body.replaceAll(/\s+/g, '\n').trim()}\n${end}\n`;
}

/** OpenSSL's messages are of no use to whoever stores credentials, and may quote. */
function unless<Made>(make: () => Made, failure: RefreshError): Made {
  try {
    return make();
  } catch {
    throw failure;
  }
}

const malformed = (field: string, what: string): RefreshError =>
  new RefreshError('CredentialsMalformed', { detail: `field ${field} ${what}` });
