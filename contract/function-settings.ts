import type { TokenApiSettings } from './token-api.ts';

/** Hosts that may be called without TLS: this machine. */
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

/** File next to the function's code. Holds the settings of the environment's tokens: {@link FunctionSettings}. */
export const SETTINGS_FILE = 'settings.json';

/** Raised when {@link FunctionSettings} changes shape: a function refuses a file it was not written for. */
export const SETTINGS_FORMAT_VERSION = 2;

/** What the function knows about its environment. Written and validated at synthesis; the function trusts it. */
export interface FunctionSettings {
  readonly formatVersion: typeof SETTINGS_FORMAT_VERSION;
  readonly environment: string;
  readonly tokens: Readonly<Record<string, TokenSettings>>;
}

/** One token, as the function sees it. All durations in whole seconds. */
export interface TokenSettings {
  readonly api: TokenApiSettings;
  /** Name or ARN of the secret that holds the credentials. */
  readonly credentialsSecretId: string;
  /** Time between two scheduled refreshes. */
  readonly intervalSeconds: number;
  /** Lifetime of an access token if neither the answer nor the JWT states one. */
  readonly accessTokenLifetimeSeconds: number;
  /** Lifetime of a refresh token. */
  readonly refreshTokenLifetimeSeconds: number;
  /** A token younger than this is not replaced, whoever asks. Absent: a minute. */
  readonly minimumGapSeconds?: number;
  /** Credentials in use for longer raise the attention alarm. Absent: no limit. */
  readonly credentialsMaxAgeSeconds?: number;
}
