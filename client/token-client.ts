import { SSMClient, type SSMClientConfig } from '@aws-sdk/client-ssm';
import { systemClock } from '../contract/clock.ts';
import { accessTokenParameter } from '../contract/names.ts';
import { BEARER, bearerFetch, type Fetch, shown } from './bearer-fetch.ts';
import { checkOptions } from './check-options.ts';
import { safely } from './events.ts';
import type { TokenClientOptions } from './options.ts';
import { Recovery } from './recovery.ts';
import { sqsRefreshRequests } from './refresh-requests.ts';
import { TokenCache } from './token-cache.ts';
import { ssmTokenSource } from './token-source.ts';

export interface GetTokenOptions {
  /** Ends the wait at once. */
  readonly signal?: AbortSignal;
  /** A token that the API answered 401 to: its successor is wanted, and the refresher asked for one if it may be. */
  readonly rejected?: string;
}

/** Reads one token and keeps it at hand. One per process and token is enough; its functions may be passed around. */
export interface TokenClient {
  /**
   * An access token that has not certainly expired. In its last 15 seconds, or past its `exp`, the API may refuse it.
   *
   * @throws TokenError, or the signal's reason
   */
  readonly getToken: (options?: GetTokenOptions) => Promise<string>;
  /** The header to send, for any HTTP client. Throws as {@link getToken}. */
  readonly authorization: (options?: GetTokenOptions) => Promise<Readonly<Record<string, string>>>;
  /**
   * `fetch` with the bearer token. After a 401 the request is sent once more, with the token's successor; with the same
   * token after 1 s and after 3 s, if that was stored in the last 5 seconds. Any other answer, 403 included, is returned as
   * it came. Redirects are followed as `fetch` does; a 401 behind one repeats that last request only.
   *
   * @throws TokenError `TokenRejected` if there is no successor or the API refuses it, too; `BodyNotReplayable` if the
   *   body was a stream; both with the API's `response`. Else as {@link getToken} and `fetch`.
   */
  readonly fetch: Fetch;
}

/**
 * SDK clients of our own try a few times within the time of one read. A connection that was frozen with its process is
 * noticed by the first limit.
 */
const CLIENT_CONFIG = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
};

/**
 * @throws TokenError `InvalidOption`
 */
export function createTokenClient(options: TokenClientOptions): TokenClient {
  const times = checkOptions(options);
  const { environment, token, refreshRequests, header = BEARER } = options;
  const clock = options.clock ?? systemClock;
  const emit = safely(options.onEvent);
  const source = ssmTokenSource({
    client: options.ssm ?? new SSMClient({ ...CLIENT_CONFIG, ...options.ssmConfig }),
    environment,
    parameter: options.parameterArn ?? accessTokenParameter(environment, token),
    lifetimeSeconds: times.lifetimeSeconds,
    clock,
  });
  const renewAhead = options.renewAhead ?? !isLambda();
  const cache = new TokenCache({ ...times, source, clock, emit, renewAhead });
  const requests =
    refreshRequests &&
    sqsRefreshRequests({
      token,
      queueUrl: refreshRequests.queueUrl,
      client: refreshRequests.sqs,
      clientConfig: { ...CLIENT_CONFIG, ...placeOf(options.ssmConfig), ...refreshRequests.sqsConfig },
    });
  const recovery = new Recovery({ ...times, cache, requests, clock, emit });

  const getToken = (asked?: GetTokenOptions): Promise<string> =>
    asked?.rejected === undefined
      ? cache.get(asked?.signal)
      : recovery.successorOf(asked.rejected, asked.signal);
  return {
    getToken,
    authorization: async (asked) => ({ [header.name]: shown(await getToken(asked), header) }),
    fetch: bearerFetch({
      fetch: options.fetch ?? globalFetch,
      header,
      getToken,
      isYoung: (value) => cache.isYoung(value),
      sleep: clock.sleep,
    }),
  };
}

/** The queue is in the parameter's account and Region. */
const placeOf = ({ region, credentials }: SSMClientConfig = {}) => ({
  ...(region !== undefined && { region }),
  ...(credentials !== undefined && { credentials }),
});

/** Looked up at each call, for those who instrument or replace it. */
const globalFetch: Fetch = (input, init) => globalThis.fetch(input, init);

const isLambda = (): boolean => process.env.AWS_LAMBDA_FUNCTION_NAME !== undefined;
