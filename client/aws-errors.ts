import { TokenError, type TokenErrorFields } from './errors.ts';

/** Causes of a failed SDK call that callers can do something about; `unavailable` is the rest. */
export type AwsFailure =
  | 'not-found'
  | 'denied'
  | 'kms-denied'
  | 'key-unusable'
  | 'credentials'
  | 'unavailable';

const FAILURES: Readonly<Record<string, AwsFailure>> = {
  ParameterNotFound: 'not-found',
  AccessDenied: 'denied',
  AccessDeniedException: 'denied',
  UnauthorizedOperation: 'denied',
  InvalidKeyId: 'key-unusable',
  KMSInvalidStateException: 'key-unusable',
  CredentialsProviderError: 'credentials',
  ExpiredToken: 'credentials',
  ExpiredTokenException: 'credentials',
  InvalidClientTokenId: 'credentials',
  InvalidSignatureException: 'credentials',
  MissingAuthenticationToken: 'credentials',
  UnrecognizedClientException: 'credentials',
};

/** `User: … is not authorized to perform: kms:Decrypt on resource: …` */
const DENIED_ACTION = /not authorized to perform: (\w+):/;

/** What KMS says through SSM where no action is named: it names itself, or the key by the old word. */
const SAYS_KMS = /kms|customer master key/i;

export function awsFailure(error: unknown): AwsFailure {
  const failure = FAILURES[awsErrorName(error)] ?? 'unavailable';
  return failure === 'denied' ? deniedBy(error instanceof Error ? error.message : '') : failure;
}

function deniedBy(message: string): AwsFailure {
  const service = DENIED_ACTION.exec(message)?.[1] ?? (SAYS_KMS.test(message) ? 'kms' : undefined);
  if (service === 'kms') return 'kms-denied';
  // The role that would have had the permission could not be assumed.
  return service === 'sts' ? 'credentials' : 'denied';
}

/** The fields of an SDK error that are safe to show. Its message may quote input, its answer may hold a token. */
export function awsFields(error: unknown): Pick<TokenErrorFields, 'awsError' | 'requestId'> {
  const requestId = Object(Object(error).$metadata).requestId;
  return {
    awsError: awsErrorName(error),
    ...(typeof requestId === 'string' && { requestId }),
  };
}

export function awsErrorName(error: unknown): string {
  const name = error instanceof Error ? error.name : '';
  return /^[A-Za-z][A-Za-z0-9]{0,63}$/.test(name) ? name : 'UnknownError';
}

export const invalidCredentials = (error: unknown): TokenError =>
  new TokenError(
    'AwsCredentialsInvalid',
    `there are no valid AWS credentials here: ${awsErrorName(error)}`,
    awsFields(error),
  );
