/** The environment that only the local run deploys. */
import { HOUR, MINUTE, SECOND } from '../contract/times.ts';

export const ENVIRONMENT = 'local';
export const TOKEN = 'demo-api';

/** Where the CDK app of the local run finds the token API's base URL. */
export const TOKEN_API_URL_VARIABLE = 'TOKEN_REFRESHER_LOCAL_TOKEN_API_URL';

export const TIMES = {
  /** The shortest that EventBridge Scheduler knows. */
  intervalSeconds: MINUTE / SECOND,
  /** Leaves the margin that every environment must have: lifetime − interval − a minute of schedule precision − attempt. */
  accessTokenLifetimeSeconds: (4 * MINUTE) / SECOND,
  refreshTokenLifetimeSeconds: HOUR / SECOND,
} as const;
