/**
 * Name of an AWS error, such as `ThrottlingException`. The only part of it that is kept: messages of
 * validation errors quote the value, which may be a token.
 */
export function awsErrorName(error: unknown): string {
  const name = error instanceof Error ? error.name : '';
  return /^[A-Za-z][A-Za-z0-9]{0,63}$/.test(name) ? name : 'UnknownError';
}

/** Options of an SDK call that ends, retries included, after the given time. */
export const within = (timeoutMs: number): { abortSignal: AbortSignal } => ({
  abortSignal: AbortSignal.timeout(Math.max(1, timeoutMs)),
});

/**
 * Settings of every SDK client: short tries, so that several fit in the few seconds that an attempt has;
 * {@link within} is what ends them.
 */
export const clientSettings = {
  maxAttempts: 6,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 1_500, throwOnRequestTimeout: true },
} as const;
