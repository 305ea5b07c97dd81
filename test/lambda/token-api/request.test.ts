import { describe, expect, it } from 'vitest';
import type { ApiRequest, Reference, Value } from '../../../contract/token-api.ts';
import { RefreshError } from '../../../lambda/refresh/refresh-error.ts';
import { httpRequest } from '../../../lambda/token-api/request.ts';

const URL_ = 'https://api.example.com/token';
const AWKWARD = 'a b+c/d?e=f&g%h"i\\jé\n';

interface Given extends Partial<ApiRequest> {
  /** By the names of fields and of values of the session. */
  readonly shown?: Readonly<Record<string, string>>;
}

function built({ shown = {}, ...request }: Given) {
  const insert = (reference: Reference): string => {
    const value = shown['secret' in reference ? reference.secret : reference.value];
    if (value === undefined) throw new Error(`nothing is known of ${JSON.stringify(reference)}`);
    return value;
  };
  return httpRequest({ url: URL_, method: 'POST', ...request }, insert);
}

const field: Value = { secret: 'field' };
const awkward = { field: AWKWARD };

describe('the URL', () => {
  it('is text, and what is inserted is percent-encoded: it cannot leave its place', () => {
    const url = { text: ['https://api.example.com/tenants/', field, '/token?x=1'] };
    expect(built({ url, shown: { field: 'a/b?c#d e%é' } }).url).toBe(
      'https://api.example.com/tenants/a%2Fb%3Fc%23d%20e%25%C3%A9/token?x=1',
    );
  });

  it('gets the query behind the one that it has', () => {
    const { url } = built({ url: `${URL_}?v=1`, query: { grant: 'a b', key: field }, shown: awkward });
    expect(url).toMatch(/^https:\/\/api\.example\.com\/token\?v=1&grant=a\+b&key=/);
    expect([...new URL(url).searchParams]).toEqual([
      ['v', '1'],
      ['grant', 'a b'],
      ['key', AWKWARD],
    ]);
  });

  it('takes text that is no Unicode as servers would read it', () => {
    expect(built({ url: { text: [URL_, '/', field] }, shown: { field: '\ud800' } }).url).toBe(
      `${URL_}/%EF%BF%BD`,
    );
  });
});

describe('the body', () => {
  it('is a form, percent-encoded', () => {
    const { body = '', headers } = built({ form: { grant_type: 'password', key: field }, shown: awkward });
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(body).toBe('grant_type=password&key=a+b%2Bc%2Fd%3Fe%3Df%26g%25h%22i%5Cj%C3%A9%0A');
  });

  it('is JSON, escaped', () => {
    const json = { user: { key: field, n: [1, { text: ['v1 ', field] }] }, flag: true, none: null };
    const { body = '', headers } = built({ json, shown: awkward });
    expect(headers['content-type']).toBe('application/json');
    expect(JSON.parse(body)).toEqual({
      user: { key: AWKWARD, n: [1, `v1 ${AWKWARD}`] },
      flag: true,
      none: null,
    });
  });

  it('may be JSON without members', () => {
    expect(built({ json: {} }).body).toBe('{}');
    expect(built({ json: null }).body).toBe('null');
  });

  it('may be none, and then has no type', () => {
    const { body, headers, method } = built({ method: 'GET' });
    expect({ body, method }).toEqual({ body: undefined, method: 'GET' });
    expect(headers).toEqual({
      accept: 'application/json',
      'accept-encoding': 'identity',
      'user-agent': 'token-refresher',
    });
  });

  it('has the type that a header gives it, if one does', () => {
    const type = 'application/vnd.api+json';
    expect(built({ json: {}, headers: { 'content-type': type } }).headers['content-type']).toBe(type);
  });
});

describe('a header', () => {
  it('shows text and what is inserted as they are', () => {
    const headers = { 'x-api-key': field, authorization: { text: ['Bearer ', field] }, accept: '*/*' };
    expect(built({ headers, shown: { field: 'k!~%2F"' } }).headers).toMatchObject({
      'x-api-key': 'k!~%2F"',
      authorization: 'Bearer k!~%2F"',
      accept: '*/*',
    });
  });

  it.each(['a b', 'a\r\nX-Injected: yes', 'é', 'a\0', 'a\x7f', '', 'secret\n'])(
    'takes only visible ASCII; a field that is not is named and not shown: %j',
    (value) => {
      const error = errorOf(() => built({ headers: { 'x-key': field }, shown: { field: value } }));
      expect(error.code).toBe('CredentialsMalformed');
      expect(error.fields.detail).toBe('field field must be visible ASCII, where it is sent');
    },
  );

  it('names a value of the session, too', () => {
    const headers = { authorization: { text: ['Bearer ', { value: 'refreshToken' as const }] } };
    const error = errorOf(() => built({ headers, shown: { refreshToken: 'hunter2 é' } }));
    expect(error.fields.detail).toBe('refreshToken must be visible ASCII, where it is sent');
    expect(JSON.stringify(error) + error.message + error.stack).not.toContain('hunter2');
  });
});

describe('HTTP Basic', () => {
  const basic = (encoding: 'rfc6749' | 'plain', username: Value = { secret: 'id' }) => ({
    username,
    password: { secret: 'secret' },
    encoding,
  });
  const decoded = (given: Given): string => {
    const [scheme, value = ''] = (built(given).headers.authorization ?? '').split(' ');
    expect(scheme).toBe('Basic');
    return Buffer.from(value, 'base64').toString();
  };

  it.each([
    // RFC 7617, sections 2 and 2.1; RFC 6749, section 2.3.1.
    ['plain', 'Aladdin', 'open sesame', 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=='],
    ['plain', 'test', '123£', 'Basic dGVzdDoxMjPCow=='],
    ['rfc6749', 's6BhdRkqt3', '7Fjfp0ZBr1KtDRbnfVdmIw', 'Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3'],
  ] as const)('is as its RFC shows, %s: %s', (encoding, id, secret, expected) => {
    expect(built({ basic: basic(encoding), shown: { id, secret } }).headers.authorization).toBe(expected);
  });

  it('encodes both parts by RFC 6749 as a form does (appendix B)', () => {
    const shown = { id: ' %&+£€', secret: 'p:q/r' };
    expect(decoded({ basic: basic('rfc6749'), shown })).toBe('+%25%26%2B%C2%A3%E2%82%AC:p%3Aq%2Fr');
    expect(decoded({ basic: basic('plain'), shown })).toBe(' %&+£€:p:q/r');
  });

  it('encodes text as it does what is inserted', () => {
    const shown = { secret: 'x', id: 'é' };
    expect(decoded({ basic: basic('rfc6749', 'my app:1'), shown })).toBe('my+app%3A1:x');
    expect(decoded({ basic: basic('rfc6749', { text: ['my app/', { secret: 'id' }] }), shown })).toBe(
      'my+app%2F%C3%A9:x',
    );
  });

  it('has no user name with a colon, which would end it', () => {
    const shown = { id: 'hunter2:x', secret: 's:t' };
    const error = errorOf(() => built({ basic: basic('plain'), shown }));
    expect(error.fields.detail).toBe('field id must be text without a colon, where it is sent');
    expect(decoded({ basic: basic('rfc6749'), shown })).toBe('hunter2%3Ax:s%3At');
  });

  it('gives way to a header of its name', () => {
    const headers = { authorization: 'Custom' };
    expect(built({ basic: basic('plain'), headers, shown: { id: 'a', secret: 'b' } }).headers).toMatchObject(
      headers,
    );
  });
});

function errorOf(run: () => unknown): RefreshError {
  try {
    run();
  } catch (error) {
    if (error instanceof RefreshError) return error;
    throw error;
  }
  throw new Error('no RefreshError was thrown');
}
