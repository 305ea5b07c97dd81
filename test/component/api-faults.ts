import zlib from 'node:zlib';
import type { FailureCode } from '../../contract/failures.ts';
import type { Answer, Fault } from '../../fakes/token-api/faults.ts';
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
  /** What the server does; `down` refuses connections. */
  readonly fault: Fault | 'down';
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

const inData = (fields: Readonly<Record<string, unknown>>): Fault => answer(200, { data: fields });

interface Issued {
  readonly data: Readonly<Record<string, unknown>>;
}

/** The true answer with other fields in `data`: the server did its work. */
const changed = (change: (data: Issued['data']) => Readonly<Record<string, unknown>>): Fault => ({
  kind: 'change',
  change: ({ status, body }: Answer) => ({ status, body: { data: change((body as Issued).data) } }),
});

const inTwoMinutes = (): string => new Date(Date.now() + 120_000).toUTCString();
const unixTime = (inSeconds: number): number => Math.floor(Date.now() / 1000) + inSeconds;

const granted = JSON.stringify({ data: { token: 'abc' } });
const encoded = (encoding: string, body: Buffer): Fault =>
  answer(200, body, { 'content-encoding': encoding });

/** A JWT and the Date beside it, by clocks that are so many seconds off. */
function jwtBesideDate(offSeconds: number, dateOffSeconds: number): Fault {
  const iat = unixTime(offSeconds);
  const date = new Date(unixTime(dateOffSeconds) * 1000).toUTCString();
  return answer(200, { data: { token: jwt({ iat, exp: iat + 1800 }) } }, { date });
}

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
    fault: answer(429, '', { 'retry-after': inTwoMinutes() }),
    code: 'ApiThrottled',
    leastPauseSeconds: 60,
    ...outage,
  },
  {
    name: '429 with a Unix time as Retry-After, which is ignored',
    fault: answer(429, '', { 'retry-after': String(unixTime(1000)) }),
    code: 'ApiThrottled',
    ...outage,
  },
  {
    name: '429 with X-RateLimit-Reset, as GitHub sends it',
    fault: answer(429, '', { 'x-ratelimit-reset': String(unixTime(150)) }),
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
    fault: answer(200, { error: 'invalid_grant', data: { token: 'abc' } }),
    code: refused,
    ...refusal,
  },
  {
    name: '200 with a token, and without success',
    fault: answer(200, { success: false, data: { token: 'abc' } }),
    code: 'AnswerWithoutToken',
    ...unusable,
  },
  { name: '206', fault: answer(206, granted), code: 'AnswerWithoutToken', ...unusable },
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
    fault: encoded('zstd', Buffer.from(granted)),
    code: 'AnswerNotJson',
    ...unusable,
  },
  {
    name: 'content encoding that is broken',
    fault: encoded('gzip', Buffer.from(granted)),
    code: 'AnswerNotJson',
    ...unusable,
  },
  { name: 'truncated JSON', fault: answer(200, '{"data":{"token":"abc'), code: 'AnswerNotJson', ...unusable },
  {
    name: 'JSON without data.token',
    fault: answer(200, { token: 'abc' }),
    code: 'AnswerWithoutToken',
    ...unusable,
  },
  { name: 'token that is null', fault: inData({ token: null }), code: 'AnswerWithoutToken', ...unusable },
  { name: 'token that is a number', fault: inData({ token: 42 }), code: 'AnswerWithoutToken', ...unusable },
  {
    name: 'token that is the text null',
    fault: inData({ token: 'null' }),
    code: 'AnswerWithoutToken',
    ...unusable,
  },
  { name: 'empty token', fault: inData({ token: '' }), code: 'AnswerWithoutToken', ...unusable },
  {
    name: 'token with a line break',
    fault: inData({ token: 'abc\r\nX-Injected: yes' }),
    code: 'TokenUnsafe',
    ...unusable,
  },
  { name: 'token that is not ASCII', fault: inData({ token: 'tökén' }), code: 'TokenUnsafe', ...unusable },
  {
    name: 'token of 9 KB',
    fault: inData({ token: 'x'.repeat(9 * 1024) }),
    code: 'TokenTooLarge',
    ...unusable,
  },
  {
    name: 'token that has expired already',
    fault: inData({ token: jwt({ iat: 1000, exp: 1000 }) }),
    code: 'TokenExpired',
    ...unusable,
  },
  {
    name: 'expiresIn of 0',
    fault: inData({ token: 'abc', expiresIn: 0 }),
    code: 'TokenExpired',
    ...unusable,
  },
  {
    name: 'JWT that is handed out after its end',
    fault: inData({ token: jwt({ exp: unixTime(-1) }) }),
    code: 'TokenExpired',
    ...unusable,
  },
  { name: 'byte order mark', fault: answer(200, `\ufeff${granted}`), ...fine },
  { name: 'gzip', fault: encoded('gzip', zlib.gzipSync(granted)), ...fine },
  { name: 'deflate', fault: encoded('deflate', zlib.deflateSync(granted)), ...fine },
  { name: 'br', fault: encoded('br', zlib.brotliCompressSync(granted)), ...fine },
  { name: 'token of 5 KB', fault: inData({ token: 'x'.repeat(5 * 1024) }), ...fine },
  { name: 'expiresIn as a string', fault: changed((data) => ({ ...data, expiresIn: '1800' })), ...fine },
  {
    name: 'expiresIn in milliseconds, which is not believed',
    fault: changed((data) => ({ ...data, expiresIn: 1_800_000 })),
    ...fine,
  },
  {
    name: 'refresh token that is null',
    fault: changed((data) => ({ ...data, refreshToken: null })),
    ...fine,
  },
  { name: 'no refresh token', fault: changed(({ token }) => ({ token })), ...fine },
  {
    name: 'refresh token that is no string',
    fault: changed((data) => ({ ...data, refreshToken: 7 })),
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
  else api.faults.add(call, fault, times);
}

export async function endFault({ api }: Stage, { fault }: ApiFault): Promise<void> {
  if (fault === 'down') await api.resume();
  else api.faults.clear();
}
