import { type FailureCode, type FailureKind, kindOfFailure } from '../../contract/failures.ts';

export interface FailureFields {
  /** HTTP status of the token API's answer. */
  readonly status?: number | undefined;
  /** The OAuth 2.0 `error` of the answer, if it is one of the registered ones. */
  readonly oauthError?: string | undefined;
  /** Seconds that the token API asked to wait. */
  readonly retryAfterSeconds?: number | undefined;
  /** Such failures often pass at once, so the call is repeated once in the same attempt. */
  readonly isBrief?: boolean;
  /** The refusal's body is not JSON, so it may not come from the token API. */
  readonly notJson?: boolean;
  /** A few words, such as a field's name or an AWS error's name. Never taken from a body, header or value. */
  readonly detail?: string | undefined;
}

/** The only error type of an attempt. Holds these allow-listed fields and nothing else: no cause, body or header. */
export class RefreshError extends Error {
  override readonly name = 'RefreshError';
  readonly code: FailureCode;
  readonly kind: FailureKind;
  readonly fields: FailureFields;

  constructor(code: FailureCode, fields: FailureFields = {}) {
    super(fields.detail === undefined ? code : `${code}: ${fields.detail}`);
    this.code = code;
    this.kind = kindOfFailure(code);
    this.fields = fields;
  }
}
