import { join } from 'node:path';
import { keycloak as keycloakApi } from '../../lib/token-apis/catalogue/index.ts';
import { cachedFolder } from '../../local/cached-folder.ts';
import { withoutAws } from '../../local/clean-environment.ts';
import { CLIENT_ID, KEYCLOAK_REALM, PROGRAM_ENV } from './programs/contract.ts';
import { type Kind, RIGHT_PASSWORD } from './token-servers.ts';

export const KEYCLOAK_VERSION = '26.4.2';

const COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:unpack';
const INSTALL_SECONDS = 600;

/** From Maven Central; needs Java 17 and Maven. */
export const keycloak: Kind = {
  name: 'Keycloak',
  async install({ processes, say }) {
    const folder = await cachedFolder(`keycloak-${KEYCLOAK_VERSION}`, async (cwd) => {
      say(`installing Keycloak ${KEYCLOAK_VERSION} into node_modules/.cache, this once`);
      const artifact = `-Dartifact=org.keycloak:keycloak-quarkus-dist:${KEYCLOAK_VERSION}:zip`;
      const args = ['-q', '-B', COPY, artifact, `-DoutputDirectory=${cwd}`];
      await processes.run({ file: 'mvn', args, cwd, env: withoutAws(process.env) }, INSTALL_SECONDS);
    });
    const home = join(folder, `keycloak-${KEYCLOAK_VERSION}`);
    return {
      file: process.execPath,
      args: [join(import.meta.dirname, 'programs', 'keycloak.ts')],
      env: { [PROGRAM_ENV.packages]: home },
    };
  },
  login: (username, password) => ({
    path: `/realms/${KEYCLOAK_REALM}/protocol/openid-connect/token`,
    body: new URLSearchParams({ grant_type: 'password', username, password }),
  }),
  api: (url) => keycloakApi({ url, realm: KEYCLOAK_REALM, grant: 'password' }),
  credentials: (username, password) => ({
    client_id: CLIENT_ID.account,
    client_secret: RIGHT_PASSWORD,
    username,
    password,
  }),
};
