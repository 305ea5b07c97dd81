import type { SQSClientConfig } from '@aws-sdk/client-sqs';
import type { SSMClientConfig } from '@aws-sdk/client-ssm';
import type { Clock } from '../contract/clock.ts';
import type { AnyFetch, TokenHeader } from './bearer-fetch.ts';
import type { TokenEventListener } from './events.ts';
import type { SdkClient } from './sdk-client.ts';

/** An SDK client, 3.1000 or newer, or the settings of one, never both. */
type SsmOptions =
  | { readonly ssm?: SdkClient; readonly ssmConfig?: never }
  | { readonly ssm?: never; readonly ssmConfig?: SSMClientConfig };

/** Where the settings name no Region or credentials, those of `ssmConfig` hold. */
type SqsOptions =
  | { readonly sqs?: SdkClient; readonly sqsConfig?: never }
  | { readonly sqs?: never; readonly sqsConfig?: SQSClientConfig };

/** Leave to ask the refresher for a new token after a 401. The role needs `sqs:SendMessage` on the queue. */
export type RefreshRequestOptions = SqsOptions & {
  /** URL of the environment's request queue: `Token.requestQueueUrl`, or the stack's output `RequestQueue`. */
  readonly queueUrl: string;
  /**
   * Seconds to wait for a new token after asking. 1 to 120, default 20. The refresher replaces no token that is less than
   * a minute old; to wait for that, too, needs 75.
   */
  readonly waitSeconds?: number;
};

export type TokenClientOptions = SsmOptions & {
  /** The environment that keeps the token: `sandbox`. */
  readonly environment: string;
  /** The token's name there: `payments-api`. */
  readonly token: string;
  /** ARN of the access-token parameter, if another account shares it. Default: the one of that name in this account. */
  readonly parameterArn?: string;
  /**
   * A token is handed out for at most so many seconds without a new read; reads begin at 80 to 95 % of it, at random.
   * 1 to the margin, which is `lifetimeSeconds` - `intervalSeconds` - 75. Default: 60, or the margin if that is less.
   */
  readonly maxAgeSeconds?: number;
  /**
   * How long the API's tokens live, in seconds, as in the environments file. A JWT with `exp` and `iat` states its own
   * lifetime; one with `exp` alone lives until then, and at least for this long. 60 to 604,800, default 1,800.
   */
  readonly lifetimeSeconds?: number;
  /** Seconds between two scheduled refreshes, as in the environments file. 60 to 43,200, default 1,500. */
  readonly intervalSeconds?: number;
  /** Once a token is known, reads are at least so many seconds apart: past its expiry, and after a 401. 1 to 60, default 1. */
  readonly pollSeconds?: number;
  /** A read that takes longer has failed. 0.1 to 60, default 5; at most 2 while the token at hand lives. */
  readonly readTimeoutSeconds?: number;
  /**
   * Whether reads go on in the background, while callers get the token at hand. Default: false in AWS Lambda, where
   * nothing runs between invocations; else true.
   */
  readonly renewAhead?: boolean;
  /** Default: the refresher is never asked. */
  readonly refreshRequests?: RefreshRequestOptions;
  /**
   * Header in which the API expects the token, and the scheme before it. The token is not sent to another origin after a
   * redirect, whatever the header. Default: `{ name: 'Authorization', scheme: 'Bearer' }`.
   */
  readonly header?: TokenHeader;
  /** What {@link TokenClient.fetch} calls. Default: the global `fetch`. */
  readonly fetch?: AnyFetch;
  /** Told of reads, 401s and refresh requests. */
  readonly onEvent?: TokenEventListener;
  /** Default: the system's. */
  readonly clock?: Clock;
};
