/** What can go wrong, and whether the same call may succeed later without anybody's help. */
const RETRYABLE = {
  /** An option is missing, unknown or out of range, or there is no AWS Region. */
  InvalidOption: false,
  /** There is no such parameter in this account and Region. */
  ParameterNotFound: false,
  /** The parameter's value is empty or could not be sent in an HTTP header, or SSM's answer lacks its version or date. */
  ParameterMalformed: false,
  /** The caller's role lacks {@link TokenError.permission}. */
  AccessDenied: false,
  /** The caller has no valid AWS credentials. */
  AwsCredentialsInvalid: false,
  /** The key that encrypts the parameter is disabled or about to be deleted. */
  KeyUnusable: false,
  /** SSM throttles, fails, or did not answer in time. */
  ParameterUnavailable: true,
  /** The stored token has certainly expired, and there is no newer one. */
  TokenExpired: true,
  /** The API answers 401, and there is no newer token, or it answers 401 to the newer one, too. */
  TokenRejected: true,
  /** The API answered 401 to a request whose body is used up: the same call, with its body made anew, may succeed. */
  BodyNotReplayable: false,
  /** The refresher could not be asked for a new token. */
  RefreshRequestFailed: true,
} as const satisfies Record<string, boolean>;

export type TokenErrorCode = keyof typeof RETRYABLE;

export interface TokenErrorFields {
  /** The IAM action that is missing. */
  readonly permission?: 'ssm:GetParameter' | 'kms:Decrypt' | 'sqs:SendMessage' | undefined;
  /** Name of the AWS error, such as `ThrottlingException`. */
  readonly awsError?: string | undefined;
  /** AWS's id of the request, for its support. */
  readonly requestId?: string | undefined;
  /** The API's answer with status 401, its body unread. Not shown when the error is logged. */
  readonly response?: Response | undefined;
}

/**
 * The one error of the client. Its message and fields hold names and reasons, never a token; no `cause`, since errors of
 * SDKs carry answers, and answers carry tokens.
 */
export class TokenError extends Error implements TokenErrorFields {
  override readonly name = 'TokenError';
  readonly code: TokenErrorCode;
  /** Whether the same call may succeed later without anybody's help. */
  readonly retryable: boolean;
  declare readonly permission?: TokenErrorFields['permission'];
  declare readonly awsError?: string;
  declare readonly requestId?: string;
  readonly #response: Response | undefined;

  constructor(code: TokenErrorCode, message: string, { response, ...fields }: TokenErrorFields = {}) {
    super(message);
    this.code = code;
    this.retryable = RETRYABLE[code];
    this.#response = response;
    Object.assign(
      this,
      Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
    );
  }

  get response(): Response | undefined {
    return this.#response;
  }

  /** The same error for a caller of its own: one error may end the wait of many, each with another response. */
  withResponse(response: Response): TokenError {
    const { permission, awsError, requestId } = this;
    return new TokenError(this.code, this.message, { permission, awsError, requestId, response });
  }
}
