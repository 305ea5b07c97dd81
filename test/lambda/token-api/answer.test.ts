import { describe, expect, it } from 'vitest';
import { type FailureCode, type FailureKind, kindOfFailure } from '../../../contract/failures.ts';
import { defaultTokenApi, type TokenApiSettings } from '../../../contract/token-api.ts';
import { RefreshError } from '../../../lambda/refresh/refresh-error.ts';
import { type Call, judgeAnswer, MAX_TOKEN_BYTES } from '../../../lambda/token-api/answer.ts';
import { jwt } from './tokens.ts';

const NOW = Date.parse('2026-11-21T09:00:00Z');

interface Reply {
  status?: number;
  body: unknown;
  headers?: Record<string, string>;
  /** What is wrong with the body that came. */
  bodyFailure?: RefreshError;
}

const DEFAULT = defaultTokenApi('https://api.example.com');

function judge(
  call: Call,
  { status = 200, body, headers = {}, bodyFailure }: Reply,
  oddity?: string,
  api: TokenApiSettings = DEFAULT,
) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = { status, headers, body: text, bodyFailure };
  return judgeAnswer({
    api,
    call,
    answer,
    now: NOW,
    lifetimeSeconds: 1800,
    oddity,
  });
}

function failure(call: Call, reply: Reply, oddity?: string, api?: TokenApiSettings): RefreshError {
  try {
    judge(call, reply, oddity, api);
  } catch (error) {
    if (error instanceof RefreshError) return error;
    throw error;
  }
  throw new Error('accepted');
}

describe('an answer that holds a token', () => {
  it.each([
    ['both tokens', { data: { token: 'a', refreshToken: 'r' } }, { accessToken: 'a', refreshToken: 'r' }],
    ['no refresh token', { data: { token: 'a' } }, { accessToken: 'a' }],
    ['fields unknown to us', { data: { token: 'a', extra: 1 }, more: [] }, { accessToken: 'a' }],
    ['expiresIn', { data: { token: 'a', expiresIn: 900 } }, { accessToken: 'a', lifetimeSeconds: 900 }],
    [
      'expires_in beside data',
      { data: { token: 'a' }, expires_in: 60 },
      { accessToken: 'a', lifetimeSeconds: 60 },
    ],
    ['an error that is none', { data: { token: 'a' }, error: null, success: true }, { accessToken: 'a' }],
    ['an empty error', { data: { token: 'a' }, error: '' }, { accessToken: 'a' }],
  ])('is accepted with %s', (_, body, grant) => {
    expect(judge('login', { body })).toEqual(grant);
  });

  it.each([null, '', 'null', 'undefined'])('has no refresh token in %j: the one at hand goes on', (none) => {
    expect(judge('refresh', { body: { data: { token: 'a', refreshToken: none } } })).toEqual({
      accessToken: 'a',
    });
  });

  it.each([
    ['too long', 'r'.repeat(6143)],
    ['a number', 7],
    ['an object', {}],
  ])('has spent the refresh token at hand if the new one cannot be kept: %s', (_, refreshToken) => {
    expect(judge('refresh', { body: { data: { token: 'a', refreshToken } } })).toEqual({
      accessToken: 'a',
      refreshTokenSpent: true,
    });
  });

  it('is accepted with any 2xx but 206, which is a part of something', () => {
    const body = { data: { token: 'a' } };
    expect(judge('refresh', { status: 201, body })).toEqual({ accessToken: 'a' });
    expect(failure('refresh', { status: 206, body }).code).toBe('AnswerWithoutToken');
  });

  it('holds at most what a parameter holds', () => {
    const most = 'x'.repeat(MAX_TOKEN_BYTES);
    expect(judge('login', { body: { data: { token: most } } }).accessToken).toBe(most);
    expect(failure('login', { body: { data: { token: `${most}x` } } }).code).toBe('TokenTooLarge');
  });

  it('tells what it states and nobody believes', () => {
    expect(judge('login', { body: { data: { token: 'a', expiresIn: 1_800_000 } } })).toEqual({
      accessToken: 'a',
      notes: ['a lifetime of more than 500 times the configured one is not believed'],
    });
  });
});

describe('an answer that is no use', () => {
  const inData = (fields: object) => ({ body: { data: fields } });

  it.each<[string, Reply, FailureCode, FailureKind]>([
    ['HTML', { body: '<html>maintenance</html>' }, 'AnswerNotJson', 'inconclusive'],
    ['nothing', { body: '' }, 'AnswerNotJson', 'inconclusive'],
    ['truncated JSON', { body: '{"data":{"token":"a' }, 'AnswerNotJson', 'inconclusive'],
    ['JSON that is nested without end', { body: '['.repeat(500_000) }, 'AnswerNotJson', 'inconclusive'],
    ['JSON null', { body: 'null' }, 'AnswerWithoutToken', 'inconclusive'],
    ['an array', { body: [] }, 'AnswerWithoutToken', 'inconclusive'],
    ['no data', { body: {} }, 'AnswerWithoutToken', 'inconclusive'],
    ['data that is a list', { body: { data: [] } }, 'AnswerWithoutToken', 'inconclusive'],
    ['no token', inData({}), 'AnswerWithoutToken', 'inconclusive'],
    ['a token that is null', inData({ token: null }), 'AnswerWithoutToken', 'inconclusive'],
    ['a token that is a number', inData({ token: 1 }), 'AnswerWithoutToken', 'inconclusive'],
    ['an empty token', inData({ token: '' }), 'AnswerWithoutToken', 'inconclusive'],
    ['the text null for a token', inData({ token: 'null' }), 'AnswerWithoutToken', 'inconclusive'],
    ['the text undefined for a token', inData({ token: 'undefined' }), 'AnswerWithoutToken', 'inconclusive'],
    [
      'a token, and no success',
      { body: { success: false, data: { token: 'a' } } },
      'AnswerWithoutToken',
      'inconclusive',
    ],
    [
      'an error beside a token',
      { body: { error: 'oops', data: { token: 'a' } } },
      'AnswerWithoutToken',
      'inconclusive',
    ],
    ['an unknown error in a 200', { body: { error: 'oops' } }, 'AnswerWithoutToken', 'inconclusive'],
    ['a change of protocol', { status: 101, body: '' }, 'AnswerWithoutToken', 'inconclusive'],
    [
      'a redirect',
      { status: 302, body: '', headers: { location: 'https://evil.example' } },
      'ApiRedirected',
      'inconclusive',
    ],
    [
      'a redirect that holds a token',
      { status: 307, body: { data: { token: 'a' } } },
      'ApiRedirected',
      'inconclusive',
    ],
    ['a token with a line break', inData({ token: 'a\r\nX: y' }), 'TokenUnsafe', 'unusable'],
    ['a token with a space', inData({ token: 'a b' }), 'TokenUnsafe', 'unusable'],
    ['a token that is not ASCII', inData({ token: 'tökén' }), 'TokenUnsafe', 'unusable'],
    ['a lifetime of 0', inData({ token: 'a', expiresIn: 0 }), 'TokenExpired', 'unusable'],
    [
      'a JWT that ends before it begins',
      inData({ token: jwt({ iat: 9, exp: 8 }) }),
      'TokenExpired',
      'unusable',
    ],
  ])('says so: %s', (_, reply, code, kind) => {
    expect(failure('login', reply)).toMatchObject({ code, kind });
    expect(failure('refresh', reply)).toMatchObject({ code, kind });
  });
});

describe('a turned down call', () => {
  const error = (name: string, status = 400): Reply => ({ status, body: { error: name } });
  const refused: [FailureCode, FailureCode] = ['CredentialsRefused', 'RefreshTokenRefused'];
  const both = (code: FailureCode): [FailureCode, FailureCode] => [code, code];

  it.each<[string, Reply, FailureCode, FailureCode]>([
    ['400', { status: 400, body: {} }, ...refused],
    ['400 with HTML', { status: 400, body: '<html>' }, ...refused],
    ['401', { status: 401, body: 'no' }, ...refused],
    ['422', { status: 422, body: {} }, ...refused],
    ['423', { status: 423, body: 'locked' }, ...both('AccountLocked')],
    ['invalid_grant', error('invalid_grant'), ...refused],
    ['invalid_grant in a 200', error('invalid_grant', 200), ...refused],
    ['invalid_grant beside a token', { body: { error: 'invalid_grant', data: { token: 'a' } } }, ...refused],
    ['invalid_client', error('invalid_client', 403), 'CredentialsRefused', 'ClientRefused'],
    ['invalid_client in a 401', error('invalid_client', 401), 'CredentialsRefused', 'ClientRefused'],
    ['unauthorized_client', error('unauthorized_client'), 'CredentialsRefused', 'ClientRefused'],
    ['Keycloak’s wrong secret', error('unauthorized_client', 401), 'CredentialsRefused', 'ClientRefused'],
    ['ServiceNow’s wrong secret', error('server_error', 401), ...refused],
    ['403', { status: 403, body: 'blocked' }, ...both('ApiForbidden')],
    ['403 with JSON', { status: 403, body: {} }, ...both('ApiForbidden')],
    ['404', { status: 404, body: 'not found' }, ...both('ApiRejectedRequest')],
    ['Parse Server’s 404', { status: 404, body: { code: 101 } }, 'CredentialsRefused', 'ApiRejectedRequest'],
    ['409 with JSON', { status: 409, body: [] }, 'CredentialsRefused', 'ApiRejectedRequest'],
    ['invalid_request', error('invalid_request'), 'CredentialsRefused', 'ApiRejectedRequest'],
    ['408', { status: 408, body: {} }, ...both('ApiTimeout')],
    ['429', { status: 429, body: {} }, ...both('ApiThrottled')],
    ['429 with invalid_grant', error('invalid_grant', 429), ...both('ApiThrottled')],
    ['500', { status: 500, body: {} }, ...both('ApiFailed')],
    ['Node-RED’s lock', error('server_error', 500), ...both('ApiFailed')],
    ['502 with an error', error('oops', 502), ...both('ApiFailed')],
    ['502', { status: 502, body: { message: 'no upstream' } }, ...both('ApiUnavailable')],
    ['503', { status: 503, body: '<html>' }, ...both('ApiUnavailable')],
    ['522', { status: 522, body: '' }, ...both('ApiUnavailable')],
    ['server_error in a 400', error('server_error'), ...both('ApiFailed')],
    ['temporarily_unavailable', error('temporarily_unavailable', 200), ...both('ApiFailed')],
  ])('is told by what it speaks of: %s', (_, reply, login, refresh) => {
    expect(failure('login', reply).code).toBe(login);
    expect(failure('refresh', reply).code).toBe(refresh);
  });

  it.each<[number, FailureCode]>([
    [401, 'CredentialsRefused'],
    [423, 'AccountLocked'],
    [404, 'ApiRejectedRequest'],
    [503, 'ApiUnavailable'],
  ])('says no though its body cannot be read: %d', (status, code) => {
    for (const failed of ['AnswerTooLarge', 'ApiTimeout', 'ApiConnectionLost', 'AnswerNotJson'] as const) {
      expect(failure('login', { status, body: '', bodyFailure: new RefreshError(failed) }).code).toBe(code);
    }
  });

  it.each<FailureCode>(['AnswerTooLarge', 'ApiTimeout', 'ApiConnectionLost', 'AnswerNotJson'])(
    'tells what is wrong with the body of a success: %s',
    (code) => {
      const bodyFailure = new RefreshError(code, { detail: 'why' });
      expect(failure('login', { body: '', bodyFailure })).toMatchObject({
        code,
        fields: { status: 200, detail: 'why' },
      });
    },
  );

  it('carries status and registered OAuth error, never text of the server’s', () => {
    const known = failure('login', {
      status: 400,
      body: { error: 'invalid_grant', error_description: 'user bob' },
    });
    expect(known.fields).toEqual({ status: 400, oauthError: 'invalid_grant', retryAfterSeconds: undefined });
    const unknown = failure('login', { status: 400, body: { error: 'hunter2 is wrong' } });
    expect(unknown.fields.oauthError).toBeUndefined();
    expect(JSON.stringify(unknown) + unknown.message).not.toContain('hunter2');
  });

  it('tells a refusal that is not JSON, and what is odd about the credentials', () => {
    const odd = 'the password begins or ends with a line end';
    expect(failure('login', { status: 401, body: '<html>' }, odd).fields).toMatchObject({
      notJson: true,
      detail: odd,
    });
    expect(failure('login', { status: 401, body: {} }, odd).fields.notJson).toBeUndefined();
    expect(failure('login', { status: 404, body: '' }, odd).fields.detail).toBeUndefined();
  });

  it('is worth one quick retry if a gateway stumbled, not if it asks for a pause', () => {
    for (const status of [502, 503, 504]) {
      expect(failure('refresh', { status, body: { error: 'down' } }).fields.isBrief).toBeUndefined();
      expect(failure('refresh', { status, body: '' }).fields.isBrief).toBe(true);
      expect(failure('refresh', { status, body: '', headers: { 'retry-after': '9' } }).fields.isBrief).toBe(
        false,
      );
    }
    for (const status of [408, 429, 500, 522])
      expect(failure('refresh', { status, body: '' }).fields.isBrief).toBeUndefined();
  });

  it.each([
    [429, 60],
    [503, 60],
    [403, 60],
    [401, undefined],
    [423, undefined],
  ])('asks for a pause with Retry-After, unless it is a refusal: %d', (status, seconds) => {
    const { fields } = failure('login', { status, body: {}, headers: { 'retry-after': '60' } });
    expect(fields.retryAfterSeconds).toBe(seconds);
  });

  it('names the end of a limit by the API’s clock', () => {
    const at = (seconds: number) => String(Date.parse('2026-11-21T07:00:00Z') / 1000 + seconds);
    const headers = { date: 'Sat, 21 Nov 2026 07:00:00 GMT', 'x-ratelimit-reset': at(90) };
    expect(failure('login', { status: 429, body: '', headers }).fields.retryAfterSeconds).toBe(90);
    expect(failure('login', { status: 503, body: '', headers }).fields.retryAfterSeconds).toBeUndefined();
  });
});

describe('an answer of another shape', () => {
  const described = (answer: TokenApiSettings['answer'], fields: Partial<TokenApiSettings> = {}) => ({
    ...DEFAULT,
    ...fields,
    answer,
  });
  const granted = (body: unknown, api: TokenApiSettings, headers = {}) =>
    judge('login', { body, headers }, undefined, api);
  const why = (body: unknown, api: TokenApiSettings, status = 200) =>
    failure('login', { status, body }, undefined, api);

  describe('whose whole body is the token', () => {
    const api = described({ token: '' });

    it.each([
      ['a JSON string', '"abc.def"', 'abc.def'],
      ['text', 'abc.def', 'abc.def'],
      ['text with a line end', 'abc-_~+/==\r\n', 'abc-_~+/=='],
    ])('may be %s', (_, body, accessToken) => {
      expect(granted(body, api)).toEqual({ accessToken });
    });

    it.each<[string, string, FailureCode]>([
      ['a page', '<html><body>Back soon</body></html>', 'AnswerNotJson'],
      ['a page without a blank', '<html><body>Maintenance</body></html>', 'AnswerNotJson'],
      ['JSON that is cut off', '{"token":"abc', 'AnswerNotJson'],
      ['a string that is cut off', '"abc', 'AnswerNotJson'],
      ['words', 'Back soon', 'AnswerNotJson'],
      ['nothing', '', 'AnswerNotJson'],
      ['an object', '{"token":"abc"}', 'AnswerWithoutToken'],
      ['null', 'null', 'AnswerWithoutToken'],
      ['an empty string', '""', 'AnswerWithoutToken'],
      ['a string with a line break', '"abc\\r\\nX: y"', 'TokenUnsafe'],
    ])('is none in %s', (_, body, code) => {
      expect(why(body, api).code).toBe(code);
    });

    it('is refused as ever', () => {
      expect(why('wrong', api, 401).code).toBe('CredentialsRefused');
      expect(why('{"error":"invalid_grant"}', api, 200).code).toBe('CredentialsRefused');
    });
  });

  it('names the place that it looked at', () => {
    const api = described({ token: '/result/0/jwt' });
    expect(why({ result: [] }, api).fields.detail).toBe('/result/0/jwt is missing');
    expect(why({ result: [{ jwt: {} }] }, api).fields.detail).toBe('/result/0/jwt is not a string');
    expect(why([], described({ token: '' })).fields.detail).toBe('the whole body is not a string');
  });

  describe('that states several lifetimes', () => {
    const api = described({
      token: '/token',
      expires: { at: ['/expires', '/session/0/expires', '/more/expires'], unit: 'min' },
    });

    it.each([
      [{}, undefined],
      [{ expires: 30 }, 1800],
      [{ more: { expires: 30 } }, 1800],
      [{ expires: 60, session: [{ expires: '10' }], more: { expires: 30 } }, 600],
      [{ expires: 'never', more: { expires: 30 } }, 1800],
      [{ expires: 1_000_000, more: { expires: 30 } }, 1800],
    ])('lives for the shortest that is there: %j', (fields, lifetimeSeconds) => {
      expect(granted({ token: 'a', ...fields }, api).lifetimeSeconds).toBe(lifetimeSeconds);
    });
  });

  it('states a time, which counts by the clock of the answer', () => {
    const api = described({ token: '/token', expires: { at: ['/until'], unit: 'iso' } });
    const body = { token: 'a', until: '2026-11-21T09:30:00Z' };
    expect(granted(body, api).lifetimeSeconds).toBe(1800);
    const date = 'Sat, 21 Nov 2026 09:20:00 GMT';
    expect(granted(body, api, { date }).lifetimeSeconds).toBe(600);
    expect(why({ ...body, until: '2026-11-21T08:00:00Z' }, api).code).toBe('TokenExpired');
  });

  describe('that states how long the refresh token lives', () => {
    const api = described({
      token: '/token',
      refreshToken: '/refresh',
      refreshExpires: { at: ['/refreshUntil', '/session'], unit: 'epoch' },
    });
    const at = (seconds: number) => NOW / 1000 + seconds;

    it.each([
      [{ refreshUntil: at(3600) }, 3600],
      [{ refreshUntil: at(3600), session: at(1800) }, 1800],
      [{ refreshUntil: at(90.7) }, 90],
      [{ refreshUntil: at(-5), session: at(1800) }, 1800],
      [{ refreshUntil: at(-5) }, undefined],
      [{ refreshUntil: 0 }, undefined],
      [{}, undefined],
    ])('%j', (fields, seconds) => {
      expect(granted({ token: 'a', refresh: 'r', ...fields }, api)).toEqual({
        accessToken: 'a',
        refreshToken: 'r',
        ...(seconds !== undefined && { refreshTokenLifetimeSeconds: seconds }),
      });
    });
  });

  it('grants nothing where the settings say so, whatever it holds', () => {
    const api = described(
      { token: '/token' },
      { refused: [{ at: '/code', is: [1001] }], throttled: [{ at: '/code', is: [1002] }] },
    );
    expect(why({ token: 'a', code: 1001 }, api).code).toBe('CredentialsRefused');
    expect(why({ token: 'a', code: 1002 }, api).code).toBe('ApiThrottled');
    expect(granted({ token: 'a', code: 1003 }, api)).toEqual({ accessToken: 'a' });
  });

  it('has no refresh token unless the settings say where', () => {
    expect(granted({ token: 'a', refreshToken: 'r' }, described({ token: '/token' }))).toEqual({
      accessToken: 'a',
    });
  });
});

it('only what could not be sent is unreachable', () => {
  const sent: FailureCode[] = ['ApiConnectionLost', 'ApiTimeout', 'ApiUnavailable', 'AnswerNotJson'];
  for (const code of sent) expect(kindOfFailure(code)).not.toBe('unreachable');
  for (const code of ['ApiUnreachable', 'ApiConnectTimeout', 'ApiTlsFailed'] as const)
    expect(kindOfFailure(code)).toBe('unreachable');
});
