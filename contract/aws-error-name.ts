/** Errors of the network have a code instead: `ECONNREFUSED`. */
const NAMELESS = ['Error', 'AggregateError'];

/**
 * Name of an AWS error, such as `ThrottlingException`, or the code of a network error. Nothing else of an error is kept,
 * because validation messages quote the value, which may be a token.
 */
export function awsErrorName(error: unknown): string {
  if (!(error instanceof Error)) return 'UnknownError';
  const { name } = error;
  if (NAMELESS.includes(name) && 'code' in error && /^[A-Z_]{1,64}$/.test(String(error.code))) {
    return String(error.code);
  }
  return /^[A-Za-z][A-Za-z0-9]{0,63}$/.test(name) ? name : 'UnknownError';
}
