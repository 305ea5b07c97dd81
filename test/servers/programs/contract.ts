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
} as const;

/** Request header that tells a server what time it is, in milliseconds since the epoch. */
export const NOW_HEADER = 'x-now';

/** Parse Server tells its applications apart by this. */
export const PARSE_APP_ID = 'token-refresher';
