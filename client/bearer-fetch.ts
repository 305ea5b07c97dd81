import { type Clock, systemClock } from '../contract/clock.ts';
import { TokenError } from './errors.ts';
import { MOST_REDIRECTS, redirectedRequest } from './redirect.ts';
import { isReplayable, isRequest } from './replayable.ts';

export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** Any implementation of `fetch`. Those of undici and node-fetch have types of their own for all that goes in and out. */
// biome-ignore lint/suspicious/noExplicitAny: nothing stricter admits them all, and inline functions, too
export type AnyFetch = (input: any, init?: any) => Promise<any>;

/** `Authorization: Bearer <token>`, or what an API wants instead. */
export interface TokenHeader {
  readonly name: string;
  /** Before the token, with a blank between them. Empty: the token alone. */
  readonly scheme: string;
}

export const BEARER: TokenHeader = { name: 'authorization', scheme: 'Bearer' };

/** @returns the header's value. */
export const shown = (token: string, { scheme }: TokenHeader): string =>
  scheme === '' ? token : `${scheme} ${token}`;

/** A 401 to a token that was stored a moment ago: the API's nodes may not all know it yet. Pauses before it is sent again. */
const YOUNG_PAUSES_MS = [1_000, 2_000];

export interface BearerFetchProps {
  readonly fetch: AnyFetch;
  readonly header?: TokenHeader;
  readonly getToken: (options: { signal?: AbortSignal; rejected?: string }) => Promise<string>;
  /** Whether a token was stored so recently that the API may not know it yet. Default: never. */
  readonly isYoung?: (token: string) => boolean;
  readonly sleep?: Clock['sleep'];
}

/**
 * A `fetch` that sends a bearer token, and after a 401 the same request once more with the token's successor. It follows
 * redirects by itself, so that what the API accepted is not sent again when a later request meets a 401.
 */
export function bearerFetch(props: BearerFetchProps): Fetch {
  const { fetch, getToken, header = BEARER, isYoung = () => false, sleep = systemClock.sleep } = props;
  const send = async (
    input: string | URL | Request,
    init: RequestInit | undefined,
    redirects: number,
  ): Promise<Response> => {
    // Its properties are its class's: a copy of its own ones would be empty.
    if (isRequest(init)) return send(new Request(input, init), undefined, redirects);
    const signal = init?.signal ?? (isRequest(input) ? input.signal : undefined);
    const abortable = signal ? { signal } : {};
    const replayable = isReplayable(input, init);
    const follows = (init?.redirect ?? (isRequest(input) ? input.redirect : 'follow')) === 'follow';
    const redirect = follows ? ({ redirect: 'manual' } as const) : {};
    // Sending a Request uses it up.
    const copy = () => (replayable && isRequest(input) ? input.clone() : input);
    const sendOnce = (token: string): Promise<Response> =>
      fetch(copy(), { ...init, ...redirect, headers: withToken(token, header, input, init) });
    const sendWith = async (token: string): Promise<Response> => {
      let answer = await sendOnce(token);
      for (const pauseMs of replayable ? YOUNG_PAUSES_MS : []) {
        if (!isRefused(answer) || !isYoung(token)) break;
        discard(answer);
        await sleep(pauseMs, signal ?? undefined);
        answer = await sendOnce(token);
      }
      return answer;
    };

    const token = await getToken(abortable);
    const first = await sendWith(token);
    if (!isRefused(first)) return follow(first);

    const successor = await getToken({ ...abortable, rejected: token }).catch((error: unknown) => {
      throw error instanceof TokenError ? error.withResponse(first) : error;
    });
    if (!replayable) {
      throw new TokenError(
        'BodyNotReplayable',
        'the API answered 401, and the body was a stream that is used up; there is a newer token now: make the body anew, and send it again',
        { response: first },
      );
    }
    discard(first);
    const second = await sendWith(successor);
    if (!isRefused(second)) return follow(second);
    throw new TokenError('TokenRejected', 'the API refuses the newest token, too', { response: second });

    async function follow(answer: Response): Promise<Response> {
      const next = follows ? redirectedRequest(answer, input, init) : undefined;
      if (next === undefined) return answer;
      if (redirects === MOST_REDIRECTS) throw new TypeError(`more than ${MOST_REDIRECTS} redirects`);
      discard(answer);
      const last = next.leavesOrigin
        ? await fetch(next.input, next.init)
        : await send(next.input, next.init, redirects + 1);
      return Object.defineProperty(last, 'redirected', { value: true });
    }
  };
  return (input, init) => send(input, init, 0);
}

/** An implementation that follows redirects against orders may have been refused by anyone. */
const isRefused = ({ status, redirected }: Response): boolean => status === 401 && !redirected;

function withToken(
  token: string,
  header: TokenHeader,
  input: string | URL | Request,
  init: RequestInit | undefined,
): Headers {
  const headers = new Headers(init?.headers ?? (isRequest(input) ? input.headers : undefined));
  headers.set(header.name, shown(token, header));
  return headers;
}

/**
 * Lets go of the connection. Does not wait for it: while somebody who wraps `fetch` keeps a clone of the answer, that is
 * for ever. Some implementations have Node.js streams for bodies.
 */
function discard({ body }: Response): void {
  const { cancel, destroy } = Object(body);
  if (typeof cancel === 'function') body?.cancel().catch(() => {});
  else if (typeof destroy === 'function') destroy.call(body);
}
