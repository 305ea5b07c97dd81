import type { Duration } from 'aws-cdk-lib';

/** One environment: one stack, with its own credentials, key, parameters and alarms. */
export interface EnvironmentSettings {
  /** Lower-case letters and digits, at most 16: `sandbox`. Part of every name; renaming makes a new environment. */
  readonly name: string;
  /** AWS account, 12 digits. Default: the account of the credentials that `cdk deploy` runs with. */
  readonly account?: string;
  /** AWS Region, such as `eu-central-1`. Default: the Region that `cdk deploy` runs with. */
  readonly region?: string;
  /** Address that alarms are mailed to; AWS first asks it to confirm. Default: nobody is told. */
  readonly alarmEmail?: string;
  /** SNS topic that alarms go to, instead of one of the stack's own; not together with `alarmEmail`. */
  readonly alarmTopicArn?: string;
  /** Keeps credentials, key and log when a token or the stack is removed. Default: false, they go too. */
  readonly production?: boolean;
  /**
   * Says that Parameter Store's higher throughput is switched on in this account and Region: 10 writes per second
   * instead of 3, for a charge. Only the margin of a token depends on it. Default: false.
   *
   * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-throughput.html
   */
  readonly higherThroughput?: boolean;
  /** At least one, at most 70. */
  readonly tokens: readonly NamedTokenProps[];
}

/** A token as it stands in the environments file. */
export interface NamedTokenProps extends TokenProps {
  /** Kebab-case, at most 30 characters: `payments-api`. Renaming makes a new token with a new, empty secret. */
  readonly name: string;
}

/** One credential at one API, kept as one fresh access token. */
export interface TokenProps {
  /** Base URL of the token API: https, without user name, query or fragment. */
  readonly baseUrl: string;
  /** Time between two scheduled refreshes: whole minutes, from 2 minutes to 12 hours. Default: 25 minutes. */
  readonly interval?: Duration;
  /**
   * Lifetime of an access token whose answer and JWT name none; whole seconds. It must leave a margin of 60 s after
   * the interval and all that may delay a refresh. Default: 30 minutes.
   */
  readonly accessTokenLifetime?: Duration;
  /**
   * Outage of the token API, in whole seconds, that no consumer may notice, at whatever moment it begins: synthesis
   * fails if interval and lifetime cannot give it, and says which interval would. Default: as long as they happen to
   * give, about 3 minutes and 25 seconds with the other defaults.
   */
  readonly surviveOutage?: Duration;
  /** Lifetime of a refresh token; whole seconds. Default: 7 days. */
  readonly refreshTokenLifetime?: Duration;
  /**
   * ARN, with its six random characters, of an existing secret to use, in the environment's account and Region.
   * Default: the stack makes a secret, `token-refresher/<environment>/<token>/credentials`, without a value.
   */
  readonly credentialsSecretArn?: string;
  /** ARN of the customer managed key that encrypts that secret. Default: it has the AWS managed key. */
  readonly credentialsKeyArn?: string;
}
