/** What a test tells a server's program by environment variables; the Python one reads the same names. */
export const PROGRAM_ENV = {
  /** Its working folder, which it removes if whoever started it was killed. */
  folder: 'FOLDER',
  /** Folder that holds its npm packages. */
  packages: 'PACKAGES',
  /** Names of the accounts to create, as JSON. */
  accounts: 'ACCOUNTS',
  /** Of each of them. */
  password: 'PASSWORD',
  /** Grant type of each client to create, by its id, as JSON. */
  clients: 'CLIENTS',
  /** Public keys of a client, as a JSON Web Key Set. */
  keys: 'KEYS',
} as const;

/** Request header that tells a server what time it is, in milliseconds since the epoch. */
export const NOW_HEADER = 'x-now';

/** Parse Server tells its applications apart by this. */
export const PARSE_APP_ID = 'token-refresher';

/** Clients of the OpenID provider, by what they log in with. */
export const CLIENT_ID = {
  basic: 'by basic: 50 %',
  post: 'by-post',
  key: 'by-key',
  account: 'for-accounts',
} as const;

/** Where the OpenID provider tells how many grants it has revoked. */
export const REVOKED_PATH = '/revoked';

export const KEYCLOAK_REALM = 'main';
