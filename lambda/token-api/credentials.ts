import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { parseObject } from '../../contract/json-object.ts';
import type { CertificateFields } from '../../contract/token-api.ts';
import type { SecretValue } from '../aws/credentials.ts';
import { RefreshError } from '../refresh/refresh-error.ts';
import type { TlsSettings } from './connection.ts';

export interface Credentials {
  /** Fields of the secret, by name. */
  readonly fields: Readonly<Record<string, string>>;
  /** The certificates for the connection, if there are any. */
  readonly tls?: TlsSettings;
  /** A note on white space or a line end around a value, which may be a mistake. May be logged. */
  readonly oddity?: string;
}

/** The fields that a description needs. */
export interface CredentialsShape {
  readonly fields: readonly string[];
  readonly certificates: CertificateFields | undefined;
}

/**
 * Parses a JSON object with at least the named fields, each a string.
 *
 * @param value the secret's string or bytes, possibly with a byte order mark. Empty or absent: not set yet.
 * @throws RefreshError `NoCredentials` or `CredentialsMalformed`; names the field, never a value.
 */
export function parseCredentials(
  value: SecretValue,
  { fields, certificates }: CredentialsShape,
): Credentials {
  const text = textOf(value);
  if (text.trim() === '') throw new RefreshError('NoCredentials');
  const secret = parseObject(text);
  if (secret === undefined) {
    const { isOptional = true, ...names } = certificates ?? {};
    const wanted = [...fields, ...(isOptional ? [] : Object.values(names))];
    throw malformed(`the secret is not a JSON object with ${wanted.join(', ')}`);
  }
  const tls = certificates && tlsSettings(secret, certificates);
  const read = fields.map((name) => [name, field(secret, name)] as const);
  const [oddity] = read.toReversed().flatMap(([name, text]) => oddityOf(name, text) ?? []);
  return {
    fields: Object.fromEntries(read),
    ...(tls !== undefined && { tls }),
    ...(oddity !== undefined && { oddity }),
  };
}

const malformed = (detail: string): RefreshError => new RefreshError('CredentialsMalformed', { detail });

function textOf(value: string | Uint8Array = ''): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(value));
  } catch {
    throw malformed('the secret is binary, and not text in UTF-8');
  }
}

/** PEM usually ends with a line end, which is no mistake. */
function oddityOf(name: string, value: string): string | undefined {
  const around = value.slice(value.trimEnd().length) + value.slice(0, -value.trimStart().length);
  if (around === '' || value.trimStart().startsWith('-----BEGIN')) return undefined;
  return `the ${name} begins or ends with ${/[\r\n]/.test(around) ? 'a line end' : 'white space'}`;
}

function field(fields: Readonly<Record<string, unknown>>, name: string): string {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (typeof value === 'string' && value !== '') return value;
  const what = value === undefined ? 'is missing' : value === '' ? 'is empty' : 'is not a string';
  throw malformed(`field ${name} ${what}`);
}

/** @returns undefined if there are none. @throws RefreshError `CredentialsMalformed` if the certificates cannot be used. */
function tlsSettings(
  secret: Readonly<Record<string, unknown>>,
  { isOptional, ...names }: CertificateFields,
): TlsSettings | undefined {
  const given = Object.entries(names).filter(([, name]) => !isOptional || secret[name] !== undefined);
  if (given.length === 0) return undefined;
  const tls: TlsSettings = Object.fromEntries(given.map(([part, name]) => [part, field(secret, name)]));
  if ((tls.cert === undefined) !== (tls.key === undefined))
    throw malformed(`fields ${names.cert} and ${names.key} go together`);
  for (const [part, name] of given) {
    // A secure context accepts any text as an authority.
    usable(`field ${name} is not usable as PEM`, () =>
      part === 'ca'
        ? new X509Certificate(tls.ca ?? '')
        : createSecureContext({ [part]: tls[part as 'cert' | 'key'] }),
    );
  }
  usable(`fields ${names.cert} and ${names.key} do not belong together`, () =>
    createSecureContext({ ...tls }),
  );
  return tls;
}

function usable(complaint: string, use: () => unknown): void {
  try {
    use();
  } catch {
    // OpenSSL's messages do not help an operator.
    throw malformed(complaint);
  }
}
