import { type FailureCode, type FailureKind, kindOfFailure } from '../../contract/failures.ts';

export interface FailureFields {
  /** HTTP status of the token API's answer. */
  readonly status?: number | undefined;
  /** The OAuth 2.0 `error` of the answer, if it is one of the registered ones. */
  readonly oauthError?: string | undefined;
  /** When the token API asked to be called again, in seconds from now. */
  readonly retryAfterSeconds?: number | undefined;
  /** Passed so quickly that one more try in the same attempt is worth it. */
  readonly blip?: boolean;
  /** A refusal whose body is not JSON: perhaps not of an API that speaks our protocol. */
  readonly notJson?: boolean;
  /** A few words of ours, such as a field's name or an AWS error's name. Never from a body, header or value. */
  readonly detail?: string | undefined;
}

/** The one error of an attempt. Holds nothing but these allow-listed fields: no cause, no body, no header. */
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
