import { SSMProvider } from '@aws-lambda-powertools/parameters/ssm';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import middy from '@middy/core';
import ssmMiddleware from '@middy/ssm';
import type { Context } from 'aws-lambda';
import { createTokenClient } from '../client/index.ts';
import { type Clock, systemClock } from '../contract/clock.ts';
import { accessTokenParameter } from '../contract/names.ts';
import { SECOND } from '../contract/times.ts';
import { clientConfig } from '../local/clean-environment.ts';

export const ENVIRONMENT = 'sandbox';
export const TOKEN = 'payments-api';
export const PARAMETER = accessTokenParameter(ENVIRONMENT, TOKEN);

/** All that cache do so for a minute. */
const MAX_AGE_SECONDS = 60;

/** A way to get the token, with nothing cached yet. */
export interface Reader {
  readonly name: string;
  /** How often to read in a row to time it: seldom if each read is a call. */
  readonly timedReads: number;
  readonly read: () => Promise<unknown>;
}

/** Makes each reader anew; their SDK clients make one attempt, so that a call is a call. */
export function newReaders(endpoint: string): readonly Reader[] {
  return [
    { name: 'simplest single-flight cache', timedReads: 200_000, read: simplestCache(bareSdk(endpoint)) },
    { name: 'token-refresher client', timedReads: 200_000, read: tokenClient(endpoint) },
    { name: '@aws-lambda-powertools/parameters', timedReads: 200_000, read: powertools(endpoint) },
    { name: '@middy/ssm (an invocation)', timedReads: 50_000, read: middySsm(endpoint) },
    { name: 'bare SDK', timedReads: 200, read: bareSdk(endpoint) },
  ];
}

const config = (endpoint: string) => ({
  ...clientConfig(endpoint),
  maxAttempts: 1,
  requestHandler: { httpAgent: { maxSockets: 1_000 } },
});

function bareSdk(endpoint: string): () => Promise<string | undefined> {
  const client = new SSMClient(config(endpoint));
  return async () => {
    const command = new GetParameterCommand({ Name: PARAMETER, WithDecryption: true });
    const { Parameter } = await client.send(command);
    return Parameter?.Value;
  };
}

/** As little as a cache can be: no expiry of tokens, no answer to failures but to forget them. */
function simplestCache<T>(read: () => Promise<T>): () => Promise<T> {
  let value: Promise<T> | undefined;
  let readAt = 0;
  return () => {
    if (value === undefined || Date.now() - readAt > MAX_AGE_SECONDS * SECOND) {
      readAt = Date.now();
      value = read();
      value.catch(() => {
        value = undefined;
      });
    }
    return value;
  };
}

function tokenClient(endpoint: string): () => Promise<string> {
  const ssm = new SSMClient(config(endpoint));
  return createTokenClient({ environment: ENVIRONMENT, token: TOKEN, ssm, clock: laterClock }).getToken;
}

/** The system's, but looked up at each call: the bench moves the date, and nothing else. */
const laterClock: Clock = { ...systemClock, now: () => Date.now() };

function powertools(endpoint: string): () => Promise<string | undefined> {
  const provider = new SSMProvider({ awsSdkV3Client: new SSMClient(config(endpoint)) });
  return () => provider.get(PARAMETER, { decrypt: true, maxAge: MAX_AGE_SECONDS });
}

type MiddyContext = Context & { token: unknown };

let middyCaches = 0;

function middySsm(endpoint: string): () => Promise<unknown> {
  const handler = middy()
    .use(
      ssmMiddleware({
        awsClientOptions: config(endpoint),
        fetchData: { token: PARAMETER },
        cacheKey: `bench-${++middyCaches}`,
        cacheExpiry: MAX_AGE_SECONDS * SECOND,
        disablePrefetch: true,
        setToContext: true,
      }),
    )
    .handler(async (_event: unknown, context: MiddyContext) => context.token);
  const { signal } = new AbortController();
  return async () => handler({}, {} as MiddyContext, { signal });
}
