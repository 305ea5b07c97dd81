/** Options of an SDK call that ends, retries included, after the given time. */
export const within = (timeoutMs: number): { abortSignal: AbortSignal } => ({
  abortSignal: AbortSignal.timeout(Math.max(1, Math.floor(timeoutMs))),
});

/**
 * Settings of every SDK client: short tries, so that several fit in the few seconds that an attempt has;
 * {@link within} is what ends them.
 */
export const clientSettings = {
  maxAttempts: 6,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 1_500, throwOnRequestTimeout: true },
} as const;
