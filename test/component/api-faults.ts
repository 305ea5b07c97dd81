import zlib from 'node:zlib';
import type { FailureCode } from '../../contract/failures.ts';
import type { Fault } from '../../fakes/token-api/faults.ts';
import type { Grant, TokenApiShape } from '../../fakes/token-api/shapes.ts';
import { jwt } from '../lambda/token-api/tokens.ts';
import type { Stage } from './stage.ts';

export const CALLS = ['refresh', 'login'] as const;
export type Call = (typeof CALLS)[number];

/**
 * How an attempt ends that meets a fault:
 *
 * - `ok`: with a new access token, by the call that met it;
 * - `login`: with a new access token, by a login in the same attempt;
 * - `retry`: with nothing new; the request stays on the queue for another attempt;
 * - `ends`: with nothing new; the request is done with, and the next tick or new credentials go on.
 */
export type Ending = 'ok' | 'login' | 'retry' | 'ends';

export interface ApiFault {
  readonly name: string;
  /** What the server does, of whatever shape its answers are; `down` refuses connections. */
  readonly fault: Fault | ((shape: TokenApiShape) => Fault) | 'down';
  /** How many calls meet it; default: all of them. */
  readonly times?: number;
  /** Code of the failure at either endpoint, or at each. Default: none, it is no failure. */
  readonly code?: FailureCode | { readonly refresh: FailureCode; readonly login: FailureCode };
  readonly refresh: Ending;
  readonly login: Ending;
  /** The least pause before the next attempt, in seconds, where the server asks for one. */
  readonly leastPauseSeconds?: number;
}

const answer = (status: number, body?: unknown, headers?: Record<string, string>): Fault => ({
  kind: 'answer',
  status,
  ...(body !== undefined && { body }),
  ...(headers !== undefined && { headers }),
});

type Shaped = (shape: TokenApiShape) => Fault;

/** A grant that no work was done for. */
const grants =
  (grant: Grant, more: object = {}): Shaped =>
  (shape) =>
    answer(200, { ...Object(shape.granted(grant)), ...more });

/** The true grant, changed: the server did its work. */
const changed =
  (change: (grant: Grant) => Grant): Shaped =>
  (shape) => ({
    kind: 'change',
    change: ({ status, body, grant }) => ({ status, body: grant ? shape.granted(change(grant)) : body }),
  });

const inTwoMinutes = (): string => new Date(Date.now() + 120_000).toUTCString();
const unixTime = (inSeconds: number): number => Math.floor(Date.now() / 1000) + inSeconds;

const textOf = (shape: TokenApiShape): string => JSON.stringify(shape.granted({ token: 'abc' }));
const encoded = (encoding: string, body: Buffer): Fault =>
  answer(200, body, { 'content-encoding': encoding });

/** A JWT and the Date beside it, by clocks that are so many seconds off. */
const jwtBesideDate =
  (offSeconds: number, dateOffSeconds: number): Shaped =>
  (shape) => {
    const iat = unixTime(offSeconds);
    const date = new Date(unixTime(dateOffSeconds) * 1000).toUTCString();
    return answer(200, shape.granted({ token: jwt({ iat, exp: iat + 1800 }) }), { date });
  };

const refused = { refresh: 'RefreshTokenRefused', login: 'CredentialsRefused' } as const;
const outage = { refresh: 'retry', login: 'retry' } as const;
const refusal = { refresh: 'login', login: 'ends' } as const;
const unusable = { refresh: 'login', login: 'retry' } as const;
const fine = { refresh: 'ok', login: 'ok' } as const;

export const apiFaults: readonly ApiFault[] = [
  { name: 'connection refused', fault: 'down', code: 'ApiUnreachable', ...outage },
  {
    name: 'connection reset before the work is done',
    fault: { kind: 'reset', when: 'before' },
    code: 'ApiConnectionLost',
    ...outage,
  },
  { name: 'connection reset once', fault: { kind: 'reset', when: 'before' }, times: 1, ...fine },
  {
    name: 'answer lost once, the work done: a spent refresh token is presented',
    fault: { kind: 'reset', when: 'after' },
    times: 1,
    refresh: 'login',
    login: 'ok',
  },
  { name: 'no answer', fault: { kind: 'hang', where: 'headers' }, code: 'ApiTimeout', ...outage },
  {
    name: 'answer that stops in the middle',
    fault: { kind: 'hang', where: 'body' },
    code: 'ApiTimeout',
    ...outage,
  },
  {
    name: 'answer byte by byte',
    fault: { kind: 'trickle', millisecondsPerByte: 100 },
    code: 'ApiTimeout',
    ...outage,
  },
  {
    name: 'answer that is cut off',
    fault: { kind: 'cut', status: 200 },
    code: 'ApiConnectionLost',
    ...outage,
  },
  { name: 'answer after one second', fault: { kind: 'slow', milliseconds: 1000 }, ...fine },
  {
    name: 'answer of 50 MB',
    fault: { kind: 'flood', bytes: 50 * 1024 * 1024 },
    code: 'AnswerTooLarge',
    ...unusable,
  },
  {
    name: 'answer of 2 MB, compressed to 2 KB',
    fault: encoded('gzip', zlib.gzipSync(Buffer.alloc(2_000_000))),
    code: 'AnswerTooLarge',
    ...unusable,
  },
  {
    name: 'redirect 302 to another origin',
    fault: answer(302, '', { location: 'http://127.0.0.2/auth/token' }),
    code: 'ApiRedirected',
    ...unusable,
  },
  {
    name: 'redirect 307 to another origin',
    fault: answer(307, '', { location: 'http://127.0.0.2/auth/token' }),
    code: 'ApiRedirected',
    ...unusable,
  },
  { name: '429', fault: answer(429), code: 'ApiThrottled', ...outage },
  {
    name: '429 with Retry-After in seconds',
    fault: answer(429, '', { 'retry-after': '90' }),
    code: 'ApiThrottled',
    leastPauseSeconds: 90,
    ...outage,
  },
  {
    name: '429 with Retry-After as a date',
    fault: () => answer(429, '', { 'retry-after': inTwoMinutes() }),
    code: 'ApiThrottled',
    leastPauseSeconds: 60,
    ...outage,
  },
  {
    name: '429 with a Unix time as Retry-After, which is ignored',
    fault: () => answer(429, '', { 'retry-after': String(unixTime(1000)) }),
    code: 'ApiThrottled',
    ...outage,
  },
  {
    name: '429 with X-RateLimit-Reset, as GitHub sends it',
    fault: () => answer(429, '', { 'x-ratelimit-reset': String(unixTime(150)) }),
    code: 'ApiThrottled',
    leastPauseSeconds: 90,
    ...outage,
  },
  {
    name: '400 that is a throttle, as Cognito sends it',
    fault: answer(400, { __type: 'TooManyRequestsException' }),
    code: 'ApiThrottled',
    ...outage,
  },
  {
    name: '422 that is a throttle, as Laravel sends it',
    fault: answer(422, { message: 'Too many login attempts. Please try again in 57 seconds.' }),
    code: 'ApiThrottled',
    ...outage,
  },
  {
    name: '503 with Retry-After',
    fault: answer(503, '', { 'retry-after': '45' }),
    code: 'ApiUnavailable',
    leastPauseSeconds: 45,
    ...outage,
  },
  { name: '408', fault: answer(408, 'oops'), code: 'ApiTimeout', ...outage },
  { name: '500', fault: answer(500, 'oops'), code: 'ApiFailed', ...outage },
  { name: '503 with an error in JSON', fault: answer(503, { error: 'oops' }), code: 'ApiFailed', ...outage },
  ...[502, 503, 504].map(
    (status): ApiFault => ({
      name: String(status),
      fault: answer(status, 'oops'),
      code: 'ApiUnavailable',
      ...outage,
    }),
  ),
  { name: '502 once', fault: answer(502), times: 1, ...fine },
  {
    name: '400 without an OAuth error',
    fault: answer(400, {}),
    code: refused,
    ...refusal,
  },
  { name: '401', fault: answer(401, {}), code: refused, ...refusal },
  {
    name: '401 with Retry-After, which is ignored',
    fault: answer(401, {}, { 'retry-after': '60' }),
    code: refused,
    ...refusal,
  },
  {
    name: '401 of 50 MB',
    fault: { kind: 'flood', bytes: 50 * 1024 * 1024, status: 401 },
    code: refused,
    ...refusal,
  },
  { name: '401 that is cut off', fault: { kind: 'cut', status: 401 }, code: refused, ...refusal },
  {
    name: '401 with OAuth unauthorized_client',
    fault: answer(401, { error: 'unauthorized_client' }),
    code: { refresh: 'ClientRefused', login: 'CredentialsRefused' },
    ...refusal,
    refresh: 'ends',
  },
  {
    name: '423',
    fault: answer(423, { message: 'locked' }),
    code: 'AccountLocked',
    ...refusal,
    refresh: 'ends',
  },
  {
    name: '400 with OAuth invalid_grant',
    fault: answer(400, { error: 'invalid_grant' }),
    code: refused,
    ...refusal,
  },
  { name: '403, perhaps a firewall', fault: answer(403, 'forbidden'), code: 'ApiForbidden', ...unusable },
  { name: '404', fault: answer(404, 'not found'), code: 'ApiRejectedRequest', ...unusable },
  {
    name: '404 with JSON, as Parse Server refuses',
    fault: answer(404, { code: 101 }),
    code: { refresh: 'ApiRejectedRequest', login: 'CredentialsRefused' },
    ...refusal,
  },
  {
    name: '200 with an error body',
    fault: answer(200, { error: 'invalid_grant' }),
    code: refused,
    ...refusal,
  },
  {
    name: '200 with an OAuth error beside a token',
    fault: grants({ token: 'abc' }, { error: 'invalid_grant' }),
    code: refused,
    ...refusal,
  },
  {
    name: '200 with a token, and without success',
    fault: grants({ token: 'abc' }, { success: false }),
    code: 'AnswerWithoutToken',
    ...unusable,
  },
  { name: '206', fault: (shape) => answer(206, textOf(shape)), code: 'AnswerWithoutToken', ...unusable },
  {
    name: '101',
    fault: answer(101, '', { connection: 'Upgrade', upgrade: 'websocket' }),
    code: 'AnswerWithoutToken',
    ...unusable,
  },
  {
    name: 'HTML',
    fault: answer(200, '<html><body>Back soon</body></html>'),
    code: 'AnswerNotJson',
    ...unusable,
  },
  {
    name: 'answer that is not HTTP',
    fault: { kind: 'raw', text: 'SSH-2.0-OpenSSH_9.6\r\n' },
    code: 'AnswerNotJson',
    ...unusable,
  },
  { name: 'nothing', fault: answer(200), code: 'AnswerNotJson', ...unusable },
  {
    name: 'content encoding that nobody reads',
    fault: (shape) => encoded('zstd', Buffer.from(textOf(shape))),
    code: 'AnswerNotJson',
    ...unusable,
  },
  {
    name: 'content encoding that is broken',
    fault: (shape) => encoded('gzip', Buffer.from(textOf(shape))),
    code: 'AnswerNotJson',
    ...unusable,
  },
  {
    name: 'truncated JSON',
    fault: (shape) => answer(200, textOf(shape).slice(0, -4)),
    code: 'AnswerNotJson',
    ...unusable,
  },
  {
    name: 'JSON without a token where it should be',
    fault: answer(200, { token: 'abc' }),
    code: 'AnswerWithoutToken',
    ...unusable,
  },
  { name: 'token that is null', fault: grants({ token: null }), code: 'AnswerWithoutToken', ...unusable },
  { name: 'token that is a number', fault: grants({ token: 42 }), code: 'AnswerWithoutToken', ...unusable },
  {
    name: 'token that is the text null',
    fault: grants({ token: 'null' }),
    code: 'AnswerWithoutToken',
    ...unusable,
  },
  { name: 'empty token', fault: grants({ token: '' }), code: 'AnswerWithoutToken', ...unusable },
  {
    name: 'token with a line break',
    fault: grants({ token: 'abc\r\nX-Injected: yes' }),
    code: 'TokenUnsafe',
    ...unusable,
  },
  { name: 'token that is not ASCII', fault: grants({ token: 'tökén' }), code: 'TokenUnsafe', ...unusable },
  {
    name: 'token of 9 KB',
    fault: grants({ token: 'x'.repeat(9 * 1024) }),
    code: 'TokenTooLarge',
    ...unusable,
  },
  {
    name: 'token that has expired already',
    fault: grants({ token: jwt({ iat: 1000, exp: 1000 }) }),
    code: 'TokenExpired',
    ...unusable,
  },
  {
    name: 'lifetime of 0',
    fault: grants({ token: 'abc', expiresIn: 0 }),
    code: 'TokenExpired',
    ...unusable,
  },
  {
    name: 'JWT that is handed out after its end',
    fault: (shape) => answer(200, shape.granted({ token: jwt({ exp: unixTime(-1) }) })),
    code: 'TokenExpired',
    ...unusable,
  },
  { name: 'byte order mark', fault: (shape) => answer(200, `\ufeff${textOf(shape)}`), ...fine },
  { name: 'gzip', fault: (shape) => encoded('gzip', zlib.gzipSync(textOf(shape))), ...fine },
  { name: 'deflate', fault: (shape) => encoded('deflate', zlib.deflateSync(textOf(shape))), ...fine },
  { name: 'br', fault: (shape) => encoded('br', zlib.brotliCompressSync(textOf(shape))), ...fine },
  { name: 'token of 5 KB', fault: grants({ token: 'x'.repeat(5 * 1024) }), ...fine },
  { name: 'lifetime as a string', fault: changed((grant) => ({ ...grant, expiresIn: '1800' })), ...fine },
  {
    name: 'lifetime in milliseconds for seconds, which is not believed',
    fault: changed((grant) => ({ ...grant, expiresIn: 1_800_000 })),
    ...fine,
  },
  {
    name: 'refresh token that is null',
    fault: changed((grant) => ({ ...grant, refreshToken: null })),
    ...fine,
  },
  { name: 'no refresh token', fault: changed(({ token }) => ({ token })), ...fine },
  {
    name: 'refresh token that is no string',
    fault: changed((grant) => ({ ...grant, refreshToken: 7 })),
    ...fine,
  },
  {
    name: 'JWT of a server whose clock is an hour slow',
    fault: jwtBesideDate(-3600, -3600),
    ...fine,
  },
  {
    name: 'JWT behind a gateway whose clock is a day fast',
    fault: jwtBesideDate(0, 86_400),
    ...fine,
  },
];

export async function injectFault(
  { api }: Stage,
  call: Call,
  { fault, times }: Pick<ApiFault, 'fault' | 'times'>,
): Promise<void> {
  if (fault === 'down') await api.pause();
  else api.faults.add(call, typeof fault === 'function' ? fault(api.shape) : fault, times);
}

export async function endFault({ api }: Stage, { fault }: ApiFault): Promise<void> {
  if (fault === 'down') await api.resume();
  else api.faults.clear();
}
