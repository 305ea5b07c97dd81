export const METRIC_NAMESPACE = 'TokenRefresher';

/** Metric names. `perToken` has the dimensions Environment and Token, `perCode` Environment and Code, the rest Environment. */
export const METRICS = {
  perToken: {
    /** 1 when a request has failed for some minutes or its credentials are refused, 0 at each success. */
    refreshFailing: 'RefreshFailing',
    /** 1 at each success, nothing otherwise: missing data raises the staleness alarm. */
    refreshed: 'Refreshed',
    /** 1 when the token API refuses the credentials, 0 when it accepts them. */
    loginRefused: 'LoginRefused',
    /** Seconds until the stored access token expires, at the end of an attempt; negative once it has. */
    validityLeft: 'ValidityLeft',
    /** 1 for a token got by login, 0 for one got by refresh token. */
    gotByLogin: 'GotByLogin',
  },
  perEnvironment: {
    /** Something an operator should look at. The log line of the same attempt says which token and why. */
    attention: 'Attention',
    /** Milliseconds of one call to a token API. */
    apiLatency: 'ApiLatency',
    /** A well-formed request for a token that this environment does not have. */
    unknownToken: 'UnknownToken',
    /** A message that is not a valid request. It was moved to the dead-letter queue. */
    rejectedMessage: 'RejectedMessage',
  },
  perCode: {
    /** One failed attempt. */
    failedAttempt: 'FailedAttempt',
  },
} as const;

export const DIMENSIONS = { environment: 'Environment', token: 'Token', code: 'Code' } as const;
