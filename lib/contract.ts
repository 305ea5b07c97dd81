/**
 * Every name that two sides must agree on: the constructs that create a thing, the function that uses it,
 * the local run and the tests. No imports, so that anything may import it.
 */

/** `sandbox`, `production`: no hyphen, so that `token-refresher-<environment>-<token>` reads back one way only. */
export const ENVIRONMENT_NAME = /^[a-z][a-z0-9]{0,15}$/;

/** Kebab-case, at most {@link TOKEN_NAME_MAX_LENGTH} characters: `payments-api`. */
export const TOKEN_NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** An EventBridge rule's name holds 64 characters: `token-refresher-` (16) + environment (16) + `-` + token. */
export const TOKEN_NAME_MAX_LENGTH = 30;

export const stackName = (environment: string): string => `TokenRefresher-${environment}`;

/** What the names of an environment's parameters begin with. */
export const parameterPath = (environment: string): string => `/token-refresher/${environment}/`;

/** The plain access token and nothing else. SecureString, read by consumers. */
export const accessTokenParameter = (environment: string, token: string): string =>
  `${parameterPath(environment)}${token}/access-token`;

/** What the refresher remembers between runs, as JSON. SecureString, read by the refresher only. */
export const sessionParameter = (environment: string, token: string): string =>
  `${parameterPath(environment)}${token}/session`;

/** What the names of an environment's secrets begin with, if the stack made them. */
export const secretPath = (environment: string): string => `token-refresher/${environment}/`;

/** Secret in Secrets Manager: JSON `{"username": string, "password": string}`, created without a value. */
export const credentialsSecret = (environment: string, token: string): string =>
  `${secretPath(environment)}${token}/credentials`;

/** Name of the schedule group, and prefix of the names of an environment's rules. */
export const environmentPrefix = (environment: string): string => `token-refresher-${environment}`;

/** Name of a token's schedule and of its rule for new credentials. */
export const tokenResourceName = (environment: string, token: string): string =>
  `${environmentPrefix(environment)}-${token}`;

/** FIFO queue that takes refresh requests. The name is fixed, so that a consumer's stack can derive ARN and URL. */
export const requestQueueName = (environment: string): string => `${environmentPrefix(environment)}.fifo`;

/** Alias of the key that encrypts an environment's parameters and secrets. */
export const keyAlias = (environment: string): string => `alias/token-refresher/${environment}`;

/** Where a token API may be spoken to without TLS: on this machine. */
export const LOOPBACK_HOSTS: readonly string[] = ['127.0.0.1', '[::1]', 'localhost'];

/** Environment variables that the stack sets on the function. */
export const FUNCTION_ENV = {
  /** ARN of the customer managed key that encrypts the parameters; absent: the AWS managed key of SSM. */
  keyArn: 'TOKEN_REFRESHER_KEY_ARN',
  /** URL of the request queue. */
  queueUrl: 'TOKEN_REFRESHER_QUEUE_URL',
  /** URL of the dead-letter queue. */
  deadLetterQueueUrl: 'TOKEN_REFRESHER_DEAD_LETTER_QUEUE_URL',
} as const;

/** File beside the function's code that holds the settings of the environment's tokens: {@link FunctionSettings}. */
export const SETTINGS_FILE = 'settings.json';

/** Raised when {@link FunctionSettings} changes shape: a function refuses a file it was not written for. */
export const SETTINGS_FORMAT_VERSION = 1;

/** What the function knows of its environment. Written and validated at synth; the function trusts it. */
export interface FunctionSettings {
  readonly formatVersion: typeof SETTINGS_FORMAT_VERSION;
  readonly environment: string;
  readonly tokens: Readonly<Record<string, TokenSettings>>;
}

/** One token, as the function sees it. All durations in whole seconds. */
export interface TokenSettings {
  /** Base URL of the token API, without a trailing slash. */
  readonly baseUrl: string;
  /** Name or ARN of the secret that holds the credentials. */
  readonly credentialsSecretId: string;
  /** Time between two scheduled refreshes. */
  readonly intervalSeconds: number;
  /** Lifetime of an access token whose answer and JWT name none. */
  readonly accessTokenLifetimeSeconds: number;
  /** Lifetime of a refresh token. */
  readonly refreshTokenLifetimeSeconds: number;
  /** The secret holds certificates, too, so that a refresh reads it. Absent: it does not. */
  readonly certificatesInCredentials?: boolean;
  /** Credentials in use for longer ask for attention. Absent: they may get as old as they like. */
  readonly credentialsMaxAgeSeconds?: number;
}

/** Properties of the custom resource that removes what the function wrote. All of them are strings in the event. */
export interface CleanUpProperties {
  /** Name of the environment. */
  readonly Environment: string;
  /** Names of its tokens, sorted. */
  readonly Tokens: readonly string[];
}

/** Who asked for a refresh. Only a label in logs and queries: nothing that matters depends on it. */
export const REQUESTERS = ['schedule', 'credentials', 'consumer', 'operator'] as const;
export type Requester = (typeof REQUESTERS)[number];

/** Body of a message on the request queue, as JSON. The message group id is the token's name, too. */
export interface RefreshRequestBody {
  readonly token: string;
  readonly requestedBy: Requester;
  /** Version of the access-token parameter that the token API rejected (consumers, after a 401). */
  readonly rejectedVersion?: number;
  /** Asks for one extra try of credentials that were refused (honoured at most once an hour). */
  readonly retryRefused?: boolean;
  /** The schedule's due time, ISO 8601. With {@link executionId} it makes each tick's body unique, so that FIFO deduplication drops none. */
  readonly scheduledTime?: string;
  /** Cannot be foretold: a hostile sender cannot claim the deduplication id of a tick to come. */
  readonly executionId?: string;
  /** The secret version that an event from Secrets Manager named. Makes the body unique; not trusted. */
  readonly versionId?: string;
}

/** Message attribute on dead letters that the refresher itself rejected: why. */
export const REJECTION_REASON_ATTRIBUTE = 'RejectionReason';

export const METRIC_NAMESPACE = 'TokenRefresher';

/** Metric names. `perToken` has the dimensions Environment and Token, `perCode` Environment and Code, the rest Environment. */
export const METRICS = {
  perToken: {
    /** 1 while a request fails for longer than a blip or its credentials are refused, 0 at each success. */
    refreshFailing: 'RefreshFailing',
    /** 1 at each success, nothing otherwise: silence is what the staleness alarm listens for. */
    refreshed: 'Refreshed',
    /** 1 when the token API refuses the credentials, 0 when it accepts them. */
    loginRefused: 'LoginRefused',
    /** Seconds until the stored access token expires, at the end of an attempt; negative once it has. */
    validityLeft: 'ValidityLeft',
    /** 1 for a token got by login, 0 for one got by refresh token. */
    gotByLogin: 'GotByLogin',
  },
  perEnvironment: {
    /** Something a person should look at; the log line of the same attempt says which token and why. */
    attention: 'Attention',
    /** Milliseconds of one call to a token API. */
    apiLatency: 'ApiLatency',
    /** A well-formed request for a token that this environment does not have. */
    unknownToken: 'UnknownToken',
    /** A message that is no valid request; it is in the dead-letter queue. */
    rejectedMessage: 'RejectedMessage',
  },
  perCode: {
    /** One failed attempt. */
    failedAttempt: 'FailedAttempt',
  },
} as const;

export const DIMENSIONS = { environment: 'Environment', token: 'Token', code: 'Code' } as const;

/** Longest pause between two attempts at a failed request, in seconds: 20 for the usual 25 minutes. */
export const pauseCapSeconds = (intervalSeconds: number): number =>
  Math.min(LIMITS.pauseCapSeconds.most, Math.max(LIMITS.pauseCapSeconds.least, intervalSeconds / 75));

/** Hard times, in seconds, that both the stack and the function keep to. */
export const LIMITS = {
  /** A whole attempt, from the message's arrival to the last write. */
  attemptSeconds: 12,
  /**
   * From the beginning of an access token's life until it is stored: an attempt, and the whole seconds of HTTP's dates.
   * Consumers count with it, who see no more of a token than when it was stored.
   */
  storedWithinSeconds: 15,
  /** The function's time limit. */
  functionTimeoutSeconds: 20,
  /** How long a message stays invisible when a run crashes. */
  visibilitySeconds: 60,
  /** EventBridge Scheduler fires within this time of its due time (AWS: "60-second precision"). */
  schedulePrecisionSeconds: 60,
  /** Bounds of the longest pause between two attempts at a failed request. */
  pauseCapSeconds: { least: 20, most: 5 * 60 },
  /** Receives before a message that crashes the function goes to the dead-letter queue. */
  maxReceiveCount: 250,
} as const;
