import { TokenError } from './errors.ts';
import { isReplayable, isRequest } from './replayable.ts';

/** As many as `fetch` follows. */
export const MOST_REDIRECTS = 20;

const REDIRECTS = [301, 302, 303, 307, 308];

/** Headers that describe a body, and go with it. */
const OF_THE_BODY = [
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-type',
];

/** Headers that must not reach another origin. */
const OF_THE_ORIGIN = ['authorization', 'cookie', 'host', 'proxy-authorization'];

export interface Redirected {
  readonly input: string | Request;
  readonly init: RequestInit;
  /** Without what must not reach another origin. */
  readonly leavesOrigin: boolean;
}

/**
 * The request that follows an answer, by the rules of `fetch`; undefined: the answer is no redirect.
 *
 * @see https://fetch.spec.whatwg.org/#http-redirect-fetch
 * @throws TokenError `BodyNotReplayable` if the body would have to be sent again and is a stream
 */
export function redirectedRequest(
  answer: Response,
  input: string | URL | Request,
  init: RequestInit = {},
): Redirected | undefined {
  const location = REDIRECTS.includes(answer.status) ? answer.headers.get('location') : null;
  if (location === null) return undefined;
  const request = isRequest(input) ? input : undefined;
  const from = answer.url || (request?.url ?? String(input));
  const to = new URL(location, from);
  const leavesOrigin = to.origin !== new URL(from).origin;
  const method = (init.method ?? request?.method ?? 'GET').toUpperCase();
  const isRead = method === 'GET' || method === 'HEAD';
  const becomesGet = answer.status === 303 ? !isRead : answer.status <= 302 && method === 'POST';

  const headers = new Headers(init.headers ?? request?.headers);
  for (const name of leavesOrigin ? OF_THE_ORIGIN : []) headers.delete(name);
  if (becomesGet) {
    for (const name of OF_THE_BODY) headers.delete(name);
    const { body: _, ...others } = init;
    const signal = init.signal ?? request?.signal ?? null;
    return { input: to.href, init: { ...others, method: 'GET', headers, signal }, leavesOrigin };
  }
  if (!isReplayable(input, init)) {
    throw new TokenError(
      'BodyNotReplayable',
      `a redirect to ${to.origin} wants the body again, which is used up`,
      {
        response: answer,
      },
    );
  }
  // By the class of the given one: each implementation of fetch brings its own.
  const moved = request && Reflect.construct(request.constructor, [to.href, request]);
  return { input: moved ?? to.href, init: { ...init, headers }, leavesOrigin };
}
