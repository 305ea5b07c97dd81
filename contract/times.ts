/** Units, in milliseconds. Settings and limits are in seconds, and say so in their names. */
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** What a token's times are if its settings name none. */
export const DEFAULT_TIMES = {
  /** From one scheduled refresh to the next: 25 minutes. */
  intervalSeconds: 25 * 60,
  /** 30 minutes. */
  accessTokenLifetimeSeconds: 30 * 60,
  /** 7 days. */
  refreshTokenLifetimeSeconds: 7 * 24 * 3600,
} as const;

/** Time limits in seconds, shared by stack, function and readers. */
export const LIMITS = {
  /**
   * A whole attempt, from the message's arrival to the last write. The calls to SQS after it use what is left of that time,
   * and at most two seconds more.
   */
  attemptSeconds: 12,
  /**
   * From the start of an access token's life until it is stored: an attempt, plus the rounding of HTTP dates to seconds.
   * Consumers subtract it from a token's lifetime, because all they see is when the token was stored.
   */
  storedWithinSeconds: 15,
  /** The function's time limit. */
  functionTimeoutSeconds: 20,
  /** How long a message stays invisible when a run crashes. */
  visibilitySeconds: 60,
  /** EventBridge Scheduler fires within this time of its due time (AWS: "60-second precision"). */
  schedulePrecisionSeconds: 60,
  /** Bounds of the longest pause between two attempts at a failed request. */
  pauseCapSeconds: { least: 20, most: 5 * 60 },
  /** Receives before a message that crashes the function goes to the dead-letter queue. */
  maxReceiveCount: 250,
} as const;

/**
 * A healthy token's successor is stored this long after the interval, at the latest: Scheduler's precision, the attempt and
 * its writes.
 */
export const LATEST_SUCCESSOR_SECONDS = LIMITS.schedulePrecisionSeconds + LIMITS.storedWithinSeconds;

/** Longest pause between two attempts at a failed request, in seconds: 20 for the usual 25 minutes. */
export const pauseCapSeconds = (intervalSeconds: number): number =>
  Math.min(LIMITS.pauseCapSeconds.most, Math.max(LIMITS.pauseCapSeconds.least, intervalSeconds / 75));

/** Where the growing pauses between an account's logins end, in an outage, in seconds. */
const LOGIN_PAUSE_CAP_SECONDS = 135;

/** Share of a login pause that is added at random. */
export const LOGIN_PAUSE_JITTER = 0.1;

/**
 * Longest pause between two logins in an outage, in seconds, without jitter. Logins may lock accounts, but not clients.
 */
export const loginPauseCapSeconds = (as: 'account' | 'client', intervalSeconds: number): number =>
  Math.max(as === 'account' ? LOGIN_PAUSE_CAP_SECONDS : 0, pauseCapSeconds(intervalSeconds));
