/** The environment that only the local run deploys. */

export const ENVIRONMENT = 'local';
export const TOKEN = 'demo-api';

/** Where the CDK app of the local run finds the token API's base URL. */
export const TOKEN_API_URL_VARIABLE = 'TOKEN_REFRESHER_LOCAL_TOKEN_API_URL';

/** The shortest that EventBridge Scheduler knows. */
export const INTERVAL_SECONDS = 60;

/** Leaves the margin that every environment must have: lifetime − interval − a minute of schedule precision − attempt. */
export const ACCESS_TOKEN_LIFETIME_SECONDS = 4 * 60;
export const REFRESH_TOKEN_LIFETIME_SECONDS = 60 * 60;
