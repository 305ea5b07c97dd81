import type { Duration } from 'aws-cdk-lib';
import type { TokenApi } from './token-api/props.ts';

/** The keys that AWS manages for Parameter Store and Secrets Manager: `aws/ssm` and `aws/secretsmanager`. */
export const AWS_MANAGED = 'aws-managed';

/** Settings that an environment of `environments.ts` and the construct `TokenRefresher` have in common. */
export interface RefresherSettings {
  /** E-mail address for alarms. AWS first asks it to confirm. Default: no subscriber. */
  readonly alarmEmail?: string;
  /** Settings of the alarms. Default: as described at each. */
  readonly monitoring?: MonitoringSettings;
  /**
   * Whether consumers may ask for refreshes, if they are granted it. With false the queue accepts requests only from schedules
   * and for new credentials, whatever policies allow, and not from operators either. Default: true.
   */
  readonly consumerRequests?: boolean;
  /**
   * Keeps credentials, key and log when a token or the stack is removed, and protects the stack from being deleted.
   * Default: false, they go too.
   */
  readonly production?: boolean;
  /**
   * Set to true if Parameter Store's higher throughput is switched on in this account and Region: 10 writes per second instead
   * of 3, for a charge. Used to compute margins only. Default: false.
   *
   * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-throughput.html
   */
  readonly higherThroughput?: boolean;
  /**
   * Places the function in subnets of a VPC, for APIs that allow-list addresses. They must reach the APIs, through a NAT
   * gateway with a fixed address, and SSM, Secrets Manager, SQS, KMS and CloudWatch Logs. Default: outside any VPC.
   */
  readonly network?: NetworkSettings;
}

/** One environment: one stack, with its own credentials, key, parameters and alarms. */
export interface EnvironmentSettings extends RefresherSettings {
  /** Lower-case letters and digits, at most 16: `sandbox`. Part of every name; renaming makes a new environment. */
  readonly name: string;
  /** AWS account, 12 digits. Default: the account of the credentials that `cdk deploy` runs with. */
  readonly account?: string;
  /** AWS Region, such as `eu-central-1`. Default: the Region that `cdk deploy` runs with. */
  readonly region?: string;
  /**
   * SNS topic that alarms go to, instead of one of the stack's own; not together with `alarmEmail`. Its policy, and that
   * of a customer managed key that encrypts it, must admit CloudWatch: see docs/runbook.md.
   */
  readonly alarmTopicArn?: string;
  /**
   * ARN of a customer managed key that encrypts the stack's own alarm topic. Its policy must admit CloudWatch: see
   * docs/runbook.md. Default: the topic, whose messages hold no secret, is not encrypted.
   */
  readonly alarmKeyArn?: string;
  /**
   * What encrypts parameters and credentials: the ARN of an existing customer managed key, in the environment's account
   * and Region, or `aws-managed` for the keys of Parameter Store and Secrets Manager, which cost nothing and which
   * every principal of the account may use that may read the parameter. Default: a key of the environment's own,
   * rotated. Before changing it, read "Changing the key" in docs/security.md: parameters keep the former one for a while.
   */
  readonly keyArn?: string;
  /** At least one, at most 70. */
  readonly tokens: readonly NamedTokenProps[];
}

/** Where the function stands; both in one VPC. */
export interface NetworkSettings {
  /** At least one: `subnet-0123456789abcdef0`. */
  readonly subnetIds: readonly string[];
  /** At least one, which must let connections out: `sg-0123456789abcdef0`. */
  readonly securityGroupIds: readonly string[];
}

/** What the alarms of an environment go by; those of a token stand with the token. */
export interface MonitoringSettings {
  /**
   * Where people read the runbook: an absolute URL or a path, without a fragment. The description of each alarm ends
   * with it and the alarm's section. Default: `docs/runbook.md`, as seen from the repository.
   */
  readonly runbookUrl?: string;
  /**
   * How long the attention alarm stays up after a reason for it: whole minutes, from one minute to 24 hours. A reason
   * that lasts is repeated at every refresh. Default: the longest interval and four minutes, at least one hour.
   */
  readonly attentionFor?: Duration;
  readonly thresholds?: AlarmThresholds;
}

/** How many of each set off an alarm; whole numbers, at least one, which is the default of each. */
export interface AlarmThresholds {
  /** Messages in the dead-letter queue. */
  readonly deadLetters?: number;
  /** Crashes of the function within one minute; an outage of a token API is none. */
  readonly functionErrorsPerMinute?: number;
  /** Runs that Lambda held back, in each of three minutes out of five. */
  readonly throttlesPerMinute?: number;
  /** Deliveries that failed, or were given up, within five minutes. */
  readonly schedulerErrors?: number;
}

/** A token as it stands in the environments file. */
export interface NamedTokenProps extends TokenProps {
  /** Kebab-case, at most 30 characters: `payments-api`. Renaming makes a new token with a new, empty secret. */
  readonly name: string;
}

/** One credential at one API, kept as one fresh access token. */
export interface TokenProps {
  /**
   * Base URL of the token API: https, without user name, query or fragment. Without `api` the refresher calls `/auth/token`
   * and `/auth/token/refresh` below it. Goes without an `api` whose URLs are all absolute. Synthesis warns of a private
   * address unless `network` is set.
   */
  readonly baseUrl?: string;
  /** Description of any other token API: see `oauth2`, `login`, `selfSigned` and docs/token-apis.md. */
  readonly api?: TokenApi;
  /** Time between two scheduled refreshes: whole minutes, from 2 minutes to 12 hours. Default: that of `api`, or 25 minutes. */
  readonly interval?: Duration;
  /**
   * Lifetime of an access token if neither the answer nor the JWT states one; whole seconds. It must leave a margin of 60 s
   * after the interval and everything that may delay a refresh. Default: that of `api`, or 30 minutes.
   */
  readonly accessTokenLifetime?: Duration;
  /**
   * Length of an outage of the token API, in whole seconds, that consumers must not notice, whenever it begins. Synthesis fails
   * if interval and lifetime cannot guarantee it, and says which interval would. Default: no requirement; the other defaults
   * give about 3 minutes and 25 seconds.
   */
  readonly surviveOutage?: Duration;
  /** Lifetime of a refresh token; whole seconds. Default: that of `api`, or 7 days. */
  readonly refreshTokenLifetime?: Duration;
  /**
   * Time without a single success that raises the staleness alarm: whole minutes, up to 24 hours. Default and minimum: the
   * interval and four minutes, for a late schedule, the attempt and the delay of metrics.
   */
  readonly staleAfter?: Duration;
  /** Credentials in use for longer raise the attention alarm; whole days. Default: 90 days. */
  readonly credentialsMaxAge?: Duration;
  /**
   * Says that the credentials hold certificates beside user name and password, for an API with its own: `ca` (trusted
   * beside the usual authorities), `cert` and `key` (shown to the API), as PEM. A refresh then reads them first.
   * Default: false.
   */
  readonly certificatesInCredentials?: boolean;
  /**
   * Makes a managed policy that lets a role outside the CDK read this access token and nothing else; it is found by
   * `aws iam list-policies --path-prefix /token-refresher/<environment>/`. Beyond 65 tokens not all can have one. Default:
   * false, CDK apps use `grantRead`.
   */
  readonly readerPolicy?: boolean;
  /**
   * ARN, with its six random characters, of an existing secret to use, in the environment's account and Region. Tokens of
   * clients may share one; accounts may not, since each wrong login counts for all.
   * Default: the stack makes a secret, `token-refresher/<environment>/<token>/credentials`, without a value.
   */
  readonly credentialsSecretArn?: string;
  /** ARN of the customer managed key that encrypts that secret. Default: it has the AWS managed key. */
  readonly credentialsKeyArn?: string;
}
