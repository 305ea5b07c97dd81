import { GetParameterCommand, type GetParameterCommandOutput } from '@aws-sdk/client-ssm';
import type { Clock } from '../contract/clock.ts';
import { keyAlias } from '../contract/names.ts';
import { awsFailure, awsFields, invalidCredentials, noRegion } from './aws-errors.ts';
import { TokenError } from './errors.ts';
import { expiryOf } from './expiry.ts';
import { type SdkClient, sendCommand } from './sdk-client.ts';

/** An access token as it was read. */
export interface StoredToken {
  readonly value: string;
  /** Version of the parameter. */
  readonly version: number;
  /** When it was written, in milliseconds since the epoch on AWS's clock. */
  readonly writtenAt: number;
  /** How long it had been stored when it was read. */
  readonly ageMs: number;
  /** So long after it was read it may have expired. Negative: before it was read. */
  readonly mayExpireInMs: number;
  /** So long after it was read it has certainly expired. Negative: before it was read. */
  readonly expiresInMs: number;
}

/** Where tokens come from. */
export interface TokenSource {
  /** @throws TokenError, or the signal's reason */
  read(signal: AbortSignal): Promise<StoredToken>;
}

export interface SsmTokenSourceProps {
  readonly client: SdkClient;
  readonly environment: string;
  /** Name of the parameter, or its ARN. */
  readonly parameter: string;
  /** Lifetime of tokens that do not state their own. */
  readonly lifetimeSeconds: number;
  readonly clock: Clock;
}

/** Visible ASCII: whatever else a token held could not be sent in a header. */
const SENDABLE = /^[\x21-\x7e]+$/;

/** Access tokens in Parameter Store. */
export function ssmTokenSource(props: SsmTokenSourceProps): TokenSource {
  const { client, parameter, lifetimeSeconds, clock } = props;
  return {
    async read(signal) {
      const command = new GetParameterCommand({ Name: parameter, WithDecryption: true });
      const answeredAt = watchDate(command);
      const failed = (error: unknown) => unreadable(error, props);
      const answer = await sendCommand(client, command, { signal, failed });
      const { Parameter = {} } = answer as GetParameterCommandOutput;
      const value = sendable(Parameter.Value, parameter);
      const version = present(Parameter.Version, 'Version', parameter);
      const writtenAt = present(Parameter.LastModifiedDate, 'LastModifiedDate', parameter).getTime();
      const { mayExpireAt, expiresAt } = expiryOf(value, { writtenAt, lifetimeSeconds });
      const now = Math.max(writtenAt, answeredAt() ?? clock.now());
      return {
        value,
        version,
        writtenAt,
        ageMs: now - writtenAt,
        mayExpireInMs: mayExpireAt - now,
        expiresInMs: expiresAt - now,
      };
    },
  };
}

/**
 * Watches for the time at which AWS answers. A token's age is the difference of two times of AWS's: this computer's
 * clock may be an hour off.
 */
function watchDate(command: GetParameterCommand): () => number | undefined {
  let date: number | undefined;
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers } = Object(result.response);
      date = Date.parse(Object(headers).date ?? '');
      return result;
    },
    { step: 'deserialize', name: 'watchDate', override: true },
  );
  return () => (Number.isNaN(date) ? undefined : date);
}

/** White space around a token that was stored by hand is no part of it. */
function sendable(stored: string | undefined, parameter: string): string {
  const value = (stored ?? '').trim();
  if (SENDABLE.test(value)) return value;
  const what = value === '' ? 'is empty' : 'holds characters that an HTTP header cannot';
  throw new TokenError(
    'ParameterMalformed',
    `parameter ${parameter} ${what}: not a token of the refresher's`,
  );
}

/** AWS always sends them; some stand-ins for SSM do not. */
function present<T>(value: T | undefined, field: string, parameter: string): T {
  if (value !== undefined) return value;
  throw new TokenError('ParameterMalformed', `SSM's answer on parameter ${parameter} has no ${field}`);
}

function unreadable(error: unknown, { environment, parameter }: SsmTokenSourceProps): TokenError {
  const fields = awsFields(error);
  switch (awsFailure(error)) {
    case 'not-found':
      return new TokenError(
        'ParameterNotFound',
        `parameter ${parameter} does not exist in this account and Region: wrong names, or no token was stored yet`,
        fields,
      );
    case 'denied':
      return new TokenError(
        'AccessDenied',
        `reading parameter ${parameter} is denied: the role lacks ssm:GetParameter on it`,
        { ...fields, permission: 'ssm:GetParameter' },
      );
    case 'kms-denied':
      return new TokenError(
        'AccessDenied',
        `decrypting parameter ${parameter} is denied: the role lacks kms:Decrypt on the key ${keyAlias(environment)}`,
        { ...fields, permission: 'kms:Decrypt' },
      );
    case 'key-unusable':
      return new TokenError(
        'KeyUnusable',
        `the key that encrypts parameter ${parameter} is disabled, or about to be deleted`,
        fields,
      );
    case 'credentials':
      return invalidCredentials(error);
    case 'no-region':
      return noRegion();
    case 'unavailable':
      return new TokenError(
        'ParameterUnavailable',
        `parameter ${parameter}: ${fields.awsError} from SSM`,
        fields,
      );
  }
}
