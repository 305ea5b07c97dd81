import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { parseObject } from '../../contract/json-object.ts';
import type { SecretValue } from '../aws/credentials.ts';
import { RefreshError } from '../refresh/refresh-error.ts';
import type { TlsSettings } from './connection.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** What the API's certificates take, if the secret says. */
  readonly tls?: TlsSettings;
  /** White space or a line end around one of them, in words that may be logged: perhaps a slip. */
  readonly oddity?: string;
}

/**
 * Reads `{"username", "password"}`; `ca`, `cert` and `key`, as PEM, are for an API with certificates of its own.
 *
 * @param value the secret's string or bytes, which may begin with a byte order mark; empty or absent: not set yet.
 * @throws RefreshError `NoCredentials` or `CredentialsMalformed`; names the field, never a value.
 */
export function parseCredentials(value: SecretValue): Credentials {
  const text = textOf(value);
  if (text.trim() === '') throw new RefreshError('NoCredentials');
  const fields = parseObject(text);
  if (fields === undefined) throw malformed('the secret is not a JSON object');
  const tls = tlsSettings(fields);
  const [username, password] = [field(fields, 'username'), field(fields, 'password')];
  const oddity = oddityOf('password', password) ?? oddityOf('username', username);
  return { username, password, ...(tls !== undefined && { tls }), ...(oddity !== undefined && { oddity }) };
}

const malformed = (detail: string): RefreshError => new RefreshError('CredentialsMalformed', { detail });

function textOf(value: string | Uint8Array = ''): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(value));
  } catch {
    throw malformed('the secret is binary, and not text in UTF-8');
  }
}

function oddityOf(name: string, value: string): string | undefined {
  const around = value.slice(value.trimEnd().length) + value.slice(0, -value.trimStart().length);
  if (around === '') return undefined;
  return `the ${name} begins or ends with ${/[\r\n]/.test(around) ? 'a line end' : 'white space'}`;
}

function field(fields: Readonly<Record<string, unknown>>, name: string): string {
  const value = fields[name];
  if (typeof value === 'string' && value !== '') return value;
  const what = value === undefined ? 'is missing' : value === '' ? 'is empty' : 'is not a string';
  throw malformed(`field ${name} ${what}`);
}

const TLS_FIELDS = ['ca', 'cert', 'key'] as const;

/** @throws RefreshError `CredentialsMalformed` if the certificates cannot be used; undefined: there are none. */
function tlsSettings(fields: Readonly<Record<string, unknown>>): TlsSettings | undefined {
  const given = TLS_FIELDS.filter((name) => fields[name] !== undefined);
  if (given.length === 0) return undefined;
  const tls: TlsSettings = Object.fromEntries(given.map((name) => [name, field(fields, name)]));
  if ((tls.cert === undefined) !== (tls.key === undefined))
    throw malformed('fields cert and key go together');
  for (const name of given) {
    // A secure context takes any text for an authority.
    usable(`field ${name} is not usable as PEM`, () =>
      name === 'ca' ? new X509Certificate(tls.ca ?? '') : createSecureContext({ [name]: tls[name] }),
    );
  }
  usable('fields cert and key do not belong together', () => createSecureContext({ ...tls }));
  return tls;
}

function usable(complaint: string, use: () => unknown): void {
  try {
    use();
  } catch {
    // OpenSSL's messages are of no use to whoever stores credentials.
    throw malformed(complaint);
  }
}
