import { awsErrorName } from '../../contract/aws-error-name.ts';
import { Failure } from '../failure.ts';
import { printable } from '../screen.ts';
import type { Place } from './aws.ts';

/** What is known about a command when its error is explained. */
export interface Circumstances {
  readonly place: Place;
  /** How this command line is called. */
  readonly environment: string | undefined;
  /** ARN of the operators' managed policy, once it is known. */
  readonly policy: string | undefined;
  /** ARN of a secret that others made, if the command is about one. */
  readonly adoptedSecret: string | undefined;
}

const DENIED =
  /^(AccessDenied(Exception)?|UnauthorizedOperation|AuthorizationError(Exception)?|NotAuthorized)$/;
const EXPIRED = /^(ExpiredToken(Exception)?|RequestExpired|TokenRefreshRequired)$/;
const INVALID =
  /^(UnrecognizedClientException|InvalidClientTokenId|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignatureException|IncompleteSignature)$/;
const UNREACHABLE = /^(E[A-Z]+|TimeoutError|UND_ERR_\w+)$/;

/** AWS quotes the value that it finds invalid, which may be a secret. */
const QUOTES = /Validation|InvalidParameter|Serialization/;

/** What an error of the SDK means, and what to do about it. */
export function explain(error: unknown, circumstances: Circumstances): Failure {
  const name = awsErrorName(error);
  const message = error instanceof Error ? error.message : '';
  const { profile, endpoint } = circumstances.place;
  const signIn = `aws sso login${profile === undefined ? '' : ` --profile ${profile}`}`;
  if (DENIED.test(name)) return denied(message, circumstances);
  if (EXPIRED.test(name) || /(SSO|sso|session|token).*(expired|invalid)/.test(message)) {
    return new Failure('The AWS session has expired.', {
      remedy: `Sign in again: ${signIn}, or as you do otherwise.`,
    });
  }
  if (name === 'CredentialsProviderError') {
    return new Failure(`There are no usable AWS credentials: ${printable(message)}`, {
      remedy: `Say --profile or set AWS_PROFILE; with AWS IAM Identity Center: ${signIn}`,
    });
  }
  if (INVALID.test(name)) {
    return new Failure(`AWS does not accept these credentials (${name}).`, {
      remedy: 'Is it the right profile, and the clock right? aws sts get-caller-identity tries them.',
    });
  }
  if (/Region is missing/.test(message)) {
    return new Failure('No AWS Region is set.', { remedy: 'Say --region, or set AWS_REGION.' });
  }
  if (/throttl|RequestLimitExceeded|TooManyRequests/i.test(name)) {
    return new Failure(`AWS asks for a pause (${name}).`, { remedy: 'Try again in a minute.' });
  }
  if (UNREACHABLE.test(name)) {
    return new Failure(`${endpoint ?? 'AWS'} cannot be reached (${name}).`, {
      remedy: 'Is there a network, a proxy, the right Region?',
    });
  }
  if (!isAnswer(error)) return defect(error);
  return new Failure(
    QUOTES.test(name) || message === ''
      ? `AWS answered ${name}.`
      : `AWS answered ${name}: ${printable(message)}`,
  );
}

/** All errors that AWS returns have `$metadata`. */
const isAnswer = (error: unknown): boolean => error instanceof Error && '$metadata' in error;

/** A defect of the command line. Its message may quote anything, so only the place is shown. */
function defect(error: unknown): Failure {
  const [, place = ''] = /^ +at (.*)$/m.exec(error instanceof Error ? (error.stack ?? '') : '') ?? [];
  return new Failure(`This is a defect of the command line: ${awsErrorName(error)} at ${place}`, {
    remedy: 'Please report it.',
  });
}

function denied(message: string, { environment, policy, adoptedSecret }: Circumstances): Failure {
  const [, action] = /not authorized to perform:? ([a-z0-9-]+:[A-Za-z]+)/.exec(message) ?? [];
  const [, user] = /User:? (\S+) is not authorized/.exec(message) ?? [];
  const who = user === undefined ? 'You may not do this' : `${printable(user)} may not do this`;
  const what = action === undefined ? printable(message) : `${actionInWords(action)} is missing`;
  if (
    /explicit deny in a resource-based policy/.test(message) &&
    action?.toLowerCase() === 'sqs:sendmessage'
  ) {
    return new Failure(`${who}: the queue takes requests from nobody but the schedules.`, {
      remedy:
        'The environment has consumerRequests: false. Store the credentials again instead: that causes a refresh.',
    });
  }
  if (adoptedSecret !== undefined && /secretsmanager:|KMS|kms:/.test(message)) {
    return new Failure(`${who}: ${what}.`, {
      remedy: `The secret was made outside this stack, so its owner must allow:\n${statement(adoptedSecret)}\nand, if it has a key of its own, kms:Decrypt and kms:GenerateDataKey on that.`,
    });
  }
  const found =
    policy ?? `the one that aws iam list-policies --path-prefix /token-refresher/${environment ?? ''} finds`;
  return new Failure(`${who}: ${what}.`, {
    remedy: `The operators' managed policy allows it: ${found}`,
  });
}

/** SQS writes its actions in small letters. */
const actionInWords = (action: string): string => action.replace('sqs:sendmessage', 'sqs:SendMessage');

const statement = (secret: string): string =>
  JSON.stringify({
    Effect: 'Allow',
    Action: [
      'secretsmanager:DescribeSecret',
      'secretsmanager:PutSecretValue',
      'secretsmanager:UpdateSecretVersionStage',
    ],
    Resource: secret,
  });
