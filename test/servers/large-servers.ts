import { join } from 'node:path';
import {
  directus as directusApi,
  pocketBase as pocketBaseApi,
} from '../../lib/token-apis/catalogue/index.ts';
import { cachedFolder } from '../../local/cached-folder.ts';
import { withoutAws } from '../../local/clean-environment.ts';
import { PROGRAM_ENV } from './programs/contract.ts';
import { type Kind, nodeProgram, PROGRAMS } from './token-servers.ts';

const POCKET_BASE = 'github.com/pocketbase/pocketbase/examples/base@v0.30.4';
const BUILD_SECONDS = 600;

/** 800 MB from npm. Refresh tokens are used once; there is no telling of one that comes twice. */
export const directus: Kind = {
  name: 'Directus',
  install: nodeProgram('directus.ts', {
    dependencies: {
      directus: '11.17.4',
      pg: '8.23.1',
      '@electric-sql/pglite': '0.5.14',
      '@electric-sql/pglite-socket': '0.2.17',
    },
    before: '2026-11-20',
    withOptional: true,
  }),
  login: (username, password) => ({
    path: '/auth/login',
    body: { email: `${username}@example.com`, password },
  }),
  api: (url) => directusApi({ url }),
  credentials: (username, password) => ({ email: `${username}@example.com`, password }),
};

/** Built from its Go module. An access token is renewed by itself, and holds nothing but when it ends, to the second. */
export const pocketBase: Kind = {
  name: 'PocketBase',
  async install({ processes, say }) {
    const folder = await cachedFolder('pocketbase-0.30.4', async (cwd) => {
      say('building it into node_modules/.cache, this once');
      const env = { ...withoutAws(process.env), GOBIN: cwd };
      await processes.run({ file: 'go', args: ['install', POCKET_BASE], cwd, env }, BUILD_SECONDS);
    });
    return {
      file: process.execPath,
      args: [join(PROGRAMS, 'pocket-base.ts')],
      env: { [PROGRAM_ENV.packages]: folder },
    };
  },
  login: (username, password) => ({
    path: '/api/collections/_superusers/auth-with-password',
    body: { identity: `${username}@example.com`, password },
  }),
  api: (url) => pocketBaseApi({ url, collection: '_superusers' }),
  credentials: (username, password) => ({ identity: `${username}@example.com`, password }),
  repeatsTokenForMs: 1_000,
};
