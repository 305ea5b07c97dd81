import type { Clock } from '../../contract/clock.ts';
import type { FailureCode } from '../../contract/failures.ts';
import type { Call } from '../token-api/answer.ts';
import { RefreshError } from './refresh-error.ts';

export interface ApiCall {
  readonly call: Call;
  readonly durationMs: number;
  /** HTTP status, if an answer came; 200 stands for any success. */
  readonly status?: number;
  readonly code?: FailureCode;
}

/** What happened during an attempt, for its log line and metrics. */
export interface Trace {
  readonly calls: readonly ApiCall[];
  /** What the token API said of the credentials, if it was asked. */
  readonly credentials: 'accepted' | 'refused' | undefined;
  call<T>(call: Call, clock: Clock, send: () => Promise<T>): Promise<T>;
  credentialsAccepted(): void;
  credentialsRefused(): void;
}

export function newTrace(): Trace {
  const calls: ApiCall[] = [];
  let credentials: Trace['credentials'];
  return {
    calls,
    get credentials() {
      return credentials;
    },
    async call(call, clock, send) {
      const startedAt = clock.now();
      try {
        const result = await send();
        calls.push({ call, durationMs: clock.now() - startedAt, status: 200 });
        return result;
      } catch (error) {
        const durationMs = clock.now() - startedAt;
        if (error instanceof RefreshError) {
          const { status } = error.fields;
          calls.push({ call, durationMs, code: error.code, ...(status !== undefined && { status }) });
        }
        throw error;
      }
    },
    credentialsAccepted() {
      credentials = 'accepted';
    },
    credentialsRefused() {
      credentials = 'refused';
    },
  };
}
