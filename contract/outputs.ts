/** Begins the description of the output that says where an environment's parts are; its value is a {@link DeployedEnvironment} as JSON. */
export const ENVIRONMENT_OUTPUT = 'Parts of environment ';

/** What runs an environment, for the command line. */
export interface DeployedEnvironment {
  readonly environment: string;
  /** URL of the request queue. */
  readonly requests: string;
  /** URL of the dead-letter queue. */
  readonly deadLetters: string;
  /** Name of the function's log group. */
  readonly log: string;
  /** ARN of the topic that alarms go to. */
  readonly alarmTopic: string;
  /** ARN of the managed policy for operators. */
  readonly operatorsPolicy: string;
}

/** Begins the description of the output that the stack has for each token; its value is a {@link DeployedToken} as JSON. */
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
