import { AwsError } from './aws-error.ts';

export type Service =
  | 'ssm'
  | 'secretsmanager'
  | 'sqs'
  | 'sts'
  | 'cloudformation'
  | 'cloudwatch'
  | 'logs'
  | 'scheduler'
  | 'lambda'
  | 'sns';

/** A call as it arrived. */
export interface Call {
  readonly service: Service;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/**
 * - `throttle`: the service's own throttling error
 * - `tooManyUpdates`: Parameter Store's answer to concurrent writes of one parameter
 * - `deny`: the caller lacks the permission
 * - `denyByQueue`: the queue's policy denies it, of SQS only
 * - `denyKms`: the caller lacks the permission on the key
 * - `error500`: an internal error of the service
 * - `hang`: no answer, nothing done
 * - `resetBeforeCommit`: the connection breaks, nothing done
 * - `resetAfterCommit`: the work is done and the connection breaks: the client never hears of it
 * - `delay`: nothing but `delayMs`
 */
export type FaultKind =
  | 'throttle'
  | 'tooManyUpdates'
  | 'deny'
  | 'denyByQueue'
  | 'denyKms'
  | 'error500'
  | 'hang'
  | 'resetBeforeCommit'
  | 'resetAfterCommit'
  | 'delay';

export interface ScriptedFault {
  /** Name of an operation such as `PutParameter`, or `*` for any. */
  readonly operation: string;
  readonly fault: FaultKind;
  /** How many calls it befalls. Default 1; `Infinity`: until it is taken back. */
  readonly times?: number;
  /** Which calls it befalls. Default: all of the operation. */
  readonly match?: (input: Call['input']) => boolean;
  /** Milliseconds before anything happens. Default 0. */
  readonly delayMs?: number;
}

/** What shall go wrong, in the order in which it was said. */
export class Faults {
  readonly #scripted: { readonly fault: ScriptedFault; left: number }[] = [];

  /** @returns how to take it back */
  add(fault: ScriptedFault): () => void {
    const entry = { fault, left: fault.times ?? 1 };
    this.#scripted.push(entry);
    return () => {
      entry.left = 0;
    };
  }

  clear(): void {
    this.#scripted.length = 0;
  }

  /** The fault of this call, which is thereby used once. */
  take({ operation, input }: Pick<Call, 'operation' | 'input'>): ScriptedFault | undefined {
    const entry = this.#scripted.find(
      ({ fault, left }) =>
        left > 0 && ['*', operation].includes(fault.operation) && (fault.match?.(input) ?? true),
    );
    if (entry === undefined) return undefined;
    entry.left--;
    return entry.fault;
  }
}

/** What AWS answers; undefined for the faults that are no answer. */
export function faultAnswer(fault: FaultKind, { service, operation }: Call): AwsError | undefined {
  const action = `${service}:${operation}`;
  switch (fault) {
    case 'throttle':
      return service === 'sqs'
        ? new AwsError('RequestThrottled', 'Request is throttled.', 403)
        : new AwsError('ThrottlingException', 'Rate exceeded');
    case 'tooManyUpdates':
      return new AwsError(
        'TooManyUpdates',
        'There are concurrent updates for a resource that supports one update at a time.',
      );
    case 'deny':
      return new AwsError(
        service === 'sqs' ? 'AccessDenied' : 'AccessDeniedException',
        `User: memory-aws is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`,
        service === 'sqs' ? 403 : 400,
      );
    case 'denyByQueue':
      return new AwsError(
        'AccessDenied',
        `User: memory-aws is not authorized to perform: ${action.toLowerCase()} with an explicit deny in a resource-based policy`,
        403,
      );
    case 'denyKms':
      return service === 'sqs'
        ? new AwsError('KmsAccessDenied', 'The caller does not have the required KMS access.')
        : new AwsError(
            'AccessDeniedException',
            'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
          );
    case 'error500':
      return new AwsError(INTERNAL_ERROR[service], 'An error occurred on the server side.', 500);
    default:
      return undefined;
  }
}

const INTERNAL_ERROR = {
  ssm: 'InternalServerError',
  secretsmanager: 'InternalServiceError',
  sqs: 'InternalError',
  sts: 'InternalFailure',
  cloudformation: 'InternalFailure',
  cloudwatch: 'InternalServiceFault',
  lambda: 'ServiceException',
  scheduler: 'InternalServerException',
  sns: 'InternalError',
  logs: 'InternalFailure',
} as const;
