import { awsErrorName } from '../contract/aws-error-name.ts';
import { TokenError, type TokenErrorFields } from './errors.ts';

/** Causes of a failed SDK call that callers can do something about; `unavailable` is the rest. */
export type AwsFailure =
  | 'not-found'
  | 'denied'
  | 'kms-denied'
  | 'key-unusable'
  | 'credentials'
  | 'no-region'
  | 'unavailable';

const FAILURES: Readonly<Record<string, AwsFailure>> = {
  ParameterNotFound: 'not-found',
  AccessDenied: 'denied',
  AccessDeniedException: 'denied',
  InvalidKeyId: 'key-unusable',
  KMSInvalidStateException: 'key-unusable',
  CredentialsProviderError: 'credentials',
  ExpiredToken: 'credentials',
  ExpiredTokenException: 'credentials',
  InvalidClientTokenId: 'credentials',
  InvalidSignatureException: 'credentials',
  MissingAuthenticationToken: 'credentials',
  SignatureDoesNotMatch: 'credentials',
  UnrecognizedClientException: 'credentials',
};

/**
 * `User: … is not authorized to perform: kms:Decrypt on resource: …`, and without a user
 * `Not authorized to perform sts:AssumeRoleWithWebIdentity`.
 */
const DENIED_ACTION = /not authorized to perform:? (\w+):/i;

/** What KMS says through SSM where no action is named: it names itself, or the key by the old word. */
const SAYS_KMS = /kms|customer master key/i;

export function awsFailure(error: unknown): AwsFailure {
  const message = error instanceof Error ? error.message : '';
  // The SDK has no names for them.
  if (message === 'Region is missing' || message.startsWith('Region not accepted')) return 'no-region';
  const failure = FAILURES[awsErrorName(error)] ?? 'unavailable';
  return failure === 'denied' ? deniedBy(message) : failure;
}

function deniedBy(message: string): AwsFailure {
  const service = DENIED_ACTION.exec(message)?.[1] ?? (SAYS_KMS.test(message) ? 'kms' : undefined);
  if (service === 'kms') return 'kms-denied';
  // The role that would have had the permission could not be assumed.
  return service === 'sts' ? 'credentials' : 'denied';
}

/** What an error of the SDK may have. */
interface SdkError {
  readonly $metadata?: { readonly requestId?: unknown };
}

/** The fields of an SDK error that are safe to show. Its message may quote input, its answer may hold a token. */
export function awsFields(error: unknown): Pick<TokenErrorFields, 'awsError' | 'requestId'> {
  const { requestId } = (error as SdkError | undefined)?.$metadata ?? {};
  return {
    awsError: awsErrorName(error),
    ...(typeof requestId === 'string' && { requestId }),
  };
}

export const invalidCredentials = (error: unknown): TokenError =>
  new TokenError(
    'AwsCredentialsInvalid',
    `there are no valid AWS credentials here: ${awsErrorName(error)}`,
    awsFields(error),
  );

export const noRegion = (): TokenError =>
  new TokenError(
    'InvalidOption',
    'there is no AWS Region, or none that can be: set AWS_REGION, or region in ssmConfig and sqsConfig',
  );
