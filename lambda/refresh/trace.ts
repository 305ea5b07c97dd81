import type { FailureCode } from '../../contract/failures.ts';
import type { Call } from '../token-api/answer.ts';
import type { RefreshError } from './refresh-error.ts';

export interface ApiCall {
  readonly call: Call;
  readonly durationMs: number;
  /** HTTP status, if there was an answer. Any success is recorded as 200. */
  readonly status?: number;
  readonly code?: FailureCode;
}

/** Records what happened during an attempt, for its log line and metrics. */
export interface Trace {
  readonly calls: readonly ApiCall[];
  /** Result of the login, if one was tried. */
  readonly credentials: 'accepted' | 'refused' | undefined;
  called(call: Call, durationMs: number, failure: RefreshError | undefined): void;
  credentialsTried(outcome: 'accepted' | RefreshError): void;
  /** Statements of answers that were not believed, in words for the log. */
  readonly notes: readonly string[];
  noted(notes: readonly string[]): void;
}

export function newTrace(): Trace {
  const calls: ApiCall[] = [];
  const notes: string[] = [];
  let credentials: Trace['credentials'];
  return {
    calls,
    notes,
    noted: (more) => void notes.push(...more),
    get credentials() {
      return credentials;
    },
    called(call, durationMs, failure) {
      if (failure === undefined) {
        calls.push({ call, durationMs, status: 200 });
        return;
      }
      const { status } = failure.fields;
      calls.push({ call, durationMs, code: failure.code, ...(status !== undefined && { status }) });
    },
    credentialsTried(outcome) {
      if (outcome === 'accepted') credentials = outcome;
      else if (outcome.kind === 'refused' || outcome.kind === 'malformed') credentials = 'refused';
    },
  };
}
