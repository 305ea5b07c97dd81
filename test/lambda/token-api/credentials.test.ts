import { describe, expect, it } from 'vitest';
import type { SecretValue } from '../../../lambda/aws/credentials.ts';
import { RefreshError } from '../../../lambda/refresh/refresh-error.ts';
import { parseCredentials } from '../../../lambda/token-api/credentials.ts';
import { selfSigned } from '../../component/certificate.ts';

const PASSWORD = 'hunter2-the-password';
const parse = (value: SecretValue) =>
  parseCredentials(value, { fields: ['username', 'password'], certificates: undefined });
const VALUE = JSON.stringify({ username: 'bob', password: PASSWORD });

describe('the value of a credentials secret', () => {
  it('is JSON with a username and a password; other fields may stand beside them', () => {
    const value = JSON.stringify({ username: 'bob', password: PASSWORD, note: 'rotated' });
    expect(parse(value)).toEqual({ fields: { username: 'bob', password: PASSWORD } });
  });

  it.each([
    ['with a byte order mark', `\ufeff${VALUE}`],
    ['as bytes', Buffer.from(VALUE)],
    ['as bytes with a byte order mark', Buffer.from(`\ufeff${VALUE}`)],
  ])('may come %s', (_, value) => {
    expect(parse(value)).toEqual({ fields: { username: 'bob', password: PASSWORD } });
  });

  it.each([
    ['bob', `${PASSWORD}\r\n`, 'the password begins or ends with a line end'],
    ['bob', ` ${PASSWORD}`, 'the password begins or ends with white space'],
    ['bob\t', PASSWORD, 'the username begins or ends with white space'],
    ['bob', ' ', 'the password begins or ends with white space'],
    ['bob jones', `pass word ${PASSWORD}`, undefined],
  ])('is kept as it is, and what is odd about it is noted: %j %j', (username, password, oddity) => {
    expect(parse(JSON.stringify({ username, password }))).toEqual({
      fields: { username, password },
      oddity,
    });
  });

  it.each([[undefined], [''], [' \n'], ['\ufeff'], [new Uint8Array()]])('is not set yet: %j', (value) => {
    expect(() => parse(value)).toThrow(expect.objectContaining({ code: 'NoCredentials' }));
  });

  it.each([
    ['not JSON', `bob:${PASSWORD}`, 'not a JSON object'],
    ['JSON in UTF-16', Buffer.from(`\ufeff${VALUE}`, 'utf16le'), 'binary, and not text in UTF-8'],
    ['a JSON string', JSON.stringify(PASSWORD), 'not a JSON object'],
    ['a list', JSON.stringify(['bob', PASSWORD]), 'not a JSON object'],
    ['no username', JSON.stringify({ password: PASSWORD }), 'field username is missing'],
    ['an empty username', JSON.stringify({ username: '', password: PASSWORD }), 'field username is empty'],
    ['no password', JSON.stringify({ username: PASSWORD }), 'field password is missing'],
    [
      'a password that is a number',
      JSON.stringify({ username: PASSWORD, password: 7 }),
      'field password is not a string',
    ],
  ])('is malformed, said without quoting it: %s', (_, value, detail) => {
    const error = errorOf(() => parse(value));
    expect(error.code).toBe('CredentialsMalformed');
    expect(error.message).toContain(detail);
    expect(JSON.stringify(error) + error.message + error.stack).not.toContain(PASSWORD);
  });
});

describe('credentials with other fields', () => {
  const shape = { fields: ['client_id', 'client_secret', 'private_key'], certificates: undefined };
  const value = {
    client_id: 'app',
    client_secret: 's3cret',
    private_key: '-----BEGIN PRIVATE KEY-----\nx\n',
  };

  it('are those that are named, and no others', () => {
    const { fields, oddity } = parseCredentials(JSON.stringify({ ...value, password: 'p' }), shape);
    expect(fields).toEqual(value);
    // A key as PEM ends with a line end.
    expect(oddity).toBeUndefined();
  });

  it('have the first that is odd noted by its name', () => {
    const odd = { ...value, client_secret: 's3cret\n', private_key: ' x' };
    expect(parseCredentials(JSON.stringify(odd), shape).oddity).toBe(
      'the private_key begins or ends with white space',
    );
    expect(parseCredentials(JSON.stringify({ ...odd, private_key: 'x' }), shape).oddity).toBe(
      'the client_secret begins or ends with a line end',
    );
  });

  it.each([
    [{ username: 'bob', password: PASSWORD }, 'field client_id is missing'],
    [{ ...value, client_secret: [PASSWORD] }, 'field client_secret is not a string'],
    [{ ...value, private_key: '' }, 'field private_key is empty'],
    [PASSWORD, 'the secret is not a JSON object with client_id, client_secret, private_key'],
  ])('are malformed by their own names: %#', (stored, detail) => {
    const error = errorOf(() => parseCredentials(JSON.stringify(stored), shape));
    expect(error.fields.detail).toBe(detail);
  });

  it('are none by the names of what every object has', () => {
    const named = { fields: ['constructor', 'toString'], certificates: undefined };
    expect(errorOf(() => parseCredentials('{"toString":"x"}', named)).fields.detail).toBe(
      'field constructor is missing',
    );
  });
});

describe('certificates in fields of other names', () => {
  const mine = selfSigned('mine');
  const other = selfSigned('other');
  const certificates = { ca: 'authority', cert: 'tls_cert', key: 'tls_key', isOptional: false } as const;
  const read = (secret: unknown, named: typeof certificates | { cert: string; key: string } = certificates) =>
    parseCredentials(JSON.stringify(secret), { fields: [], certificates: { isOptional: false, ...named } });

  it('are what the connection takes', () => {
    const secret = { authority: other.cert, tls_cert: mine.cert, tls_key: mine.key };
    expect(read(secret).tls).toEqual({ ca: other.cert, cert: mine.cert, key: mine.key });
    expect(read(secret, { cert: 'tls_cert', key: 'tls_key' }).tls).toEqual({
      cert: mine.cert,
      key: mine.key,
    });
  });

  it.each([
    [{ tls_cert: mine.cert, tls_key: mine.key }, 'field authority is missing'],
    [{ authority: other.cert, tls_cert: mine.cert, tls_key: '' }, 'field tls_key is empty'],
    [{ authority: mine.key, tls_cert: mine.cert, tls_key: mine.key }, 'field authority is not usable as PEM'],
    [
      { authority: other.cert, tls_cert: mine.cert, tls_key: other.key },
      'fields tls_cert and tls_key do not belong together',
    ],
    ['no object', 'the secret is not a JSON object with authority, tls_cert, tls_key'],
  ])('are malformed by their own names: %#', (secret, detail) => {
    const error = errorOf(() => read(secret));
    expect(error).toMatchObject({ code: 'CredentialsMalformed', fields: { detail } });
  });

  it('may be left out where they are optional, a pair never by half', () => {
    const optional = { fields: [], certificates: { ...certificates, isOptional: true } };
    const parsed = (secret: object) => parseCredentials(JSON.stringify(secret), optional);
    expect(parsed({ note: 'none' })).toEqual({ fields: {} });
    expect(parsed({ authority: mine.cert }).tls).toEqual({ ca: mine.cert });
    expect(errorOf(() => parsed({ tls_key: mine.key })).fields.detail).toBe(
      'fields tls_cert and tls_key go together',
    );
  });
});

function errorOf(run: () => unknown): RefreshError {
  try {
    run();
  } catch (error) {
    if (error instanceof RefreshError) return error;
  }
  throw new Error('no RefreshError was thrown');
}
