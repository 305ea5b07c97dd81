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
import { ISSUED_SECONDS_AGO, type Signing, type SigningAlgorithm } from '../../contract/token-api.ts';
import { RefreshError } from '../refresh/refresh-error.ts';
import { fill, fillTemplate, type Insert } from './fill.ts';

/* Loaded only if the settings need a signature, because the library is as large as the rest of this folder. */

/** RFC 7518, section 3.3. */
const LEAST_RSA_BITS = 2048;

/** RFC 7518, section 3.4. */
const CURVES: Partial<Record<SigningAlgorithm, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };

/** Curves by their OpenSSL names. */
const CURVE_NAMES: Partial<Record<string, string>> = {
  prime256v1: 'P-256',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
};

type Fields = Readonly<Record<string, string>>;

export interface SigningSituation {
  readonly signing: Signing;
  /** Fields of the secret. */
  readonly fields: Fields;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Signs a new JWT with its own id (`jti`).
 *
 * @throws RefreshError `CredentialsMalformed`
 */
export async function signJwt({ signing, fields, now }: SigningSituation): Promise<string> {
  const { algorithm, keyId, certificate, claims, lifetimeSeconds } = signing;
  const key = privateKey(signing, fields);
  const insert: Insert = (reference) =>
    'secret' in reference ? (fields[reference.secret] ?? '') : fingerprintOf(key);
  const issued = Math.floor(now / SECOND) - ISSUED_SECONDS_AGO;
  return new SignJWT(fillTemplate(claims, insert) as Record<string, unknown>)
    .setProtectedHeader({
      alg: algorithm,
      typ: 'JWT',
      ...(keyId !== undefined && { kid: fill(keyId, insert) }),
      ...(certificate !== undefined && thumbprintsOf(certificateIn(certificate, fields))),
    })
    .setIssuedAt(issued)
    .setExpirationTime(issued + lifetimeSeconds)
    .setJti(randomUUID())
    .sign(key);
}

/** @throws RefreshError `CredentialsMalformed` if the fields cannot sign. */
export function checkSigning(signing: Signing, fields: Fields): void {
  const key = privateKey(signing, fields);
  const { certificate } = signing;
  if (certificate !== undefined && !certificateIn(certificate, fields).checkPrivateKey(key))
    throw malformed(certificate, `must be the certificate of the key in field ${signing.key}`);
}

function privateKey({ algorithm, key: field, passphrase }: Signing, fields: Fields): KeyObject {
  const pem = pemIn(fields[field], 'PRIVATE KEY');
  if (pem === undefined) throw malformed(field, `must be a private key as PEM${insteadOfKey(fields[field])}`);
  const secret = passphrase === undefined ? undefined : fields[passphrase];
  const key = unless(
    () => createPrivateKey({ key: pem, ...(secret !== undefined && { passphrase: secret }) }),
    malformed(field, whyUnreadable(pem, passphrase)),
  );
  const needed = whatIsWrong(key, algorithm);
  if (needed !== undefined)
    throw malformed(field, `must be ${needed} for ${algorithm}; it is ${kindOf(key)}`);
  return key;
}

function insteadOfKey(text = ''): string {
  const [, other] = /-----BEGIN [A-Z0-9 ]*(CERTIFICATE|PUBLIC KEY)-----/.exec(text) ?? [];
  return other === undefined ? '' : `; it is a ${other.toLowerCase()}`;
}

function whyUnreadable(pem: string, passphrase: string | undefined): string {
  if (pem.includes('OPENSSH')) return "must be PKCS #8, PKCS #1 or SEC 1; it is in OpenSSH's format";
  if (!pem.includes('ENCRYPTED')) return 'is not usable as PEM';
  return passphrase === undefined
    ? 'is encrypted, and the settings name no field of its passphrase'
    : `is encrypted, and field ${passphrase} does not open it`;
}

/** The kind of key that the algorithm needs; undefined: this key fits. */
function whatIsWrong(
  { asymmetricKeyType: type, asymmetricKeyDetails: { namedCurve = '', modulusLength = 0 } = {} }: KeyObject,
  algorithm: SigningAlgorithm,
): string | undefined {
  const curve = CURVES[algorithm];
  if (curve !== undefined)
    return type === 'ec' && CURVE_NAMES[namedCurve] === curve ? undefined : `an EC key on ${curve}`;
  if (algorithm === 'EdDSA') return type === 'ed25519' ? undefined : 'an Ed25519 key';
  const isRsa = type === 'rsa' && modulusLength >= LEAST_RSA_BITS;
  return isRsa ? undefined : `an RSA key of at least ${LEAST_RSA_BITS} bits`;
}

function kindOf({ asymmetricKeyType: type, asymmetricKeyDetails: details = {} }: KeyObject): string {
  if (type === 'rsa') return `an RSA key of ${details.modulusLength} bits`;
  if (type === 'ec') return `an EC key on ${CURVE_NAMES[details.namedCurve ?? ''] ?? 'another curve'}`;
  return `of type ${type}`;
}

/** RFC 7515, sections 4.1.7 and 4.1.8. */
function thumbprintsOf(certificate: X509Certificate): Record<string, string> {
  const thumbprint = (algorithm: string) => createHash(algorithm).update(certificate.raw).digest('base64url');
  return { x5t: thumbprint('sha1'), 'x5t#S256': thumbprint('sha256') };
}

/** The first certificate of a chain, which is the signer's own. */
function certificateIn(field: string, fields: Fields): X509Certificate {
  const pem = pemIn(fields[field], 'CERTIFICATE');
  return unless(() => new X509Certificate(pem ?? ''), malformed(field, 'must be a certificate as PEM'));
}

/**
 * Fingerprint of a public key, as Snowflake expects it.
 *
 * @see https://docs.snowflake.com/en/developer-guide/sql-api/authenticating
 */
function fingerprintOf(key: KeyObject): string {
  const der = createPublicKey(key).export({ type: 'spki', format: 'der' });
  return `SHA256:${createHash('sha256').update(der).digest('base64')}`;
}

/**
 * Finds the PEM block with that label. Other blocks may surround it: `openssl ecparam` writes parameters before the key, other
 * tools the certificate after it. Line ends may have become `\n` or blanks when the key was copied.
 */
function pemIn(text = '', label: 'PRIVATE KEY' | 'CERTIFICATE'): string | undefined {
  const lines = text.replaceAll('\\r', '').replaceAll('\\n', '\n').replaceAll('\r', '');
  const block = new RegExp(`-----BEGIN ([A-Z0-9 ]*${label})-----([^]*?)-----END \\1-----`);
  const [, name, body = ''] = block.exec(lines) ?? [];
  if (name === undefined) return undefined;
  // Old encrypted keys have headers, whose line ends must be kept.
  const bodyLines = body.includes(':') ? body : body.replaceAll(/\s+/g, '\n');
  return `-----BEGIN ${name}-----\n${bodyLines.trim()}\n-----END ${name}-----\n`;
}

/** Hides OpenSSL's messages, which do not help an operator and may quote the key. */
function unless<Made>(make: () => Made, failure: RefreshError): Made {
  try {
    return make();
  } catch {
    throw failure;
  }
}

const malformed = (field: string, what: string): RefreshError =>
  new RefreshError('CredentialsMalformed', { detail: `field ${field} ${what}` });
