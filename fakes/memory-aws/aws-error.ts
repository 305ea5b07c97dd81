/** An error as AWS words it. `name` is its code, as on the errors of the SDK, so that one check fits both. */
export class AwsError extends Error {
  /** HTTP status of the answer. */
  readonly status: number;

  /** @param status default 400, as for most errors of the JSON protocols */
  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = code;
    this.status = status;
  }
}

export const invalid = (member: string, constraint: string): AwsError =>
  new AwsError(
    'ValidationException',
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must have ${constraint}`,
  );

export function required<T>(value: T | undefined | null, member: string): T {
  if (value !== undefined && value !== null) return value;
  throw invalid(member, 'a value');
}
