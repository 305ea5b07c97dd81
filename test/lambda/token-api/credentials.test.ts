import { describe, expect, it } from 'vitest';
import type { SecretValue } from '../../../lambda/aws/credentials.ts';
import { RefreshError } from '../../../lambda/refresh/refresh-error.ts';
import { parseCredentials } from '../../../lambda/token-api/credentials.ts';

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

function errorOf(run: () => unknown): RefreshError {
  try {
    run();
  } catch (error) {
    if (error instanceof RefreshError) return error;
  }
  throw new Error('no RefreshError was thrown');
}
