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
}
