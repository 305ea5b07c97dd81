/** Start of the description of the output whose value is a {@link DeployedEnvironment} as JSON. */
export const ENVIRONMENT_OUTPUT = 'Parts of environment ';

/** The resources of an environment that the command line needs. */
export interface DeployedEnvironment {
  readonly environment: string;
  /** URL of the request queue. */
  readonly requests: string;
  /** URL of the dead-letter queue. */
  readonly deadLetters: string;
  /** Name of the function's log group. */
  readonly log: string;
  /** ARN of the SNS topic of the alarms. */
  readonly alarmTopic: string;
  /** ARN of the managed policy for operators. */
  readonly operatorsPolicy: string;
}

/** Start of the description of each token's output, whose value is a {@link DeployedToken} as JSON. */
export const TOKEN_OUTPUT = 'Credentials of token ';

/** Where a token's credentials are stored, and what they hold. */
export interface DeployedToken {
  readonly environment: string;
  readonly token: string;
  /** Name or ARN of the secret. */
  readonly secret: string;
  /** Fields of the JSON in it. */
  readonly fields: readonly string[];
  /** Fields that it may hold as well. */
  readonly optionalFields?: readonly string[];
}
