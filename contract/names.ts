/** `sandbox`, `production`. No hyphen, so that `token-refresher-<environment>-<token>` is unambiguous. */
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

/** FIFO queue for refresh requests. The name is fixed, so that a consumer's stack can derive its ARN and URL. */
export const requestQueueName = (environment: string): string => `${environmentPrefix(environment)}.fifo`;

/** Alias of the key that encrypts an environment's parameters and secrets. */
export const keyAlias = (environment: string): string => `alias/token-refresher/${environment}`;
