import { TokenError } from './errors.ts';
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

export interface BearerFetchProps {
  readonly fetch: AnyFetch;
  readonly header?: TokenHeader;
  readonly getToken: (options: { signal?: AbortSignal; rejected?: string }) => Promise<string>;
}

/**
 * A `fetch` that sends a bearer token, and after a 401 the same request once more with the token's successor.
 */
export function bearerFetch({ fetch, getToken, header = BEARER }: BearerFetchProps): Fetch {
  // Leaving an origin, `fetch` drops the header Authorization only.
  const stays = header.name.toLowerCase() === BEARER.name ? {} : ({ redirect: 'manual' } as const);
  const send: Fetch = async (input, init) => {
    // Its properties are its class's: a copy of its own ones would be empty.
    if (isRequest(init)) return send(new Request(input, init));
    const signal = init?.signal ?? (isRequest(input) ? input.signal : undefined);
    const abortable = signal ? { signal } : {};
    const replayable = isReplayable(input, init);
    // Sending a Request uses it up.
    const copy = () => (replayable && isRequest(input) ? input.clone() : input);
    const sendWith = (token: string): Promise<Response> =>
      fetch(copy(), { ...init, ...stays, headers: withToken(token, header, input, init) });

    const token = await getToken(abortable);
    const first = await sendWith(token);
    if (first.status !== 401 || wentElsewhere(first, input)) return first;

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
    if (second.status !== 401 || wentElsewhere(second, input)) return second;
    throw new TokenError('TokenRejected', 'the API refuses the newest token, too', { response: second });
  };
  return send;
}

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

/** A redirect to another origin loses the token: a 401 from there says nothing about it. */
function wentElsewhere({ redirected, url }: Response, input: string | URL | Request): boolean {
  return redirected && new URL(url).origin !== new URL(isRequest(input) ? input.url : input, url).origin;
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
