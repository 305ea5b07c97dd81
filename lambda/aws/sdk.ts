/** Options of an SDK call that aborts it, retries included, after the given time. */
export const within = (timeoutMs: number): { abortSignal: AbortSignal } => ({
  abortSignal: AbortSignal.timeout(Math.max(1, Math.floor(timeoutMs))),
});

/**
 * Settings of every SDK client: short tries, so that several fit into the few seconds of an attempt. {@link within} ends
 * the call as a whole.
 */
export const clientSettings = {
  maxAttempts: 6,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 1_500, throwOnRequestTimeout: true },
} as const;
