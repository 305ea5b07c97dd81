import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CLIENT_ID, NOW_HEADER, PROGRAM_ENV, REVOKED_PATH } from './contract.ts';
import { moveDate } from './moved-date.ts';
import { accounts, isReady, listen, password, requirePackage } from './serve.ts';

/*
 * The certified OpenID provider, with rotation of refresh tokens: one that comes twice revokes its grant. Accounts log in by a grant
 * of our own, as its documentation shows. Clients have the accounts' password as their secret.
 */

const { Provider, errors } = requirePackage('oidc-provider');

// The issuer's name has the port.
const server = createServer();
const port = await listen(server);
const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const machine = { redirect_uris: [], response_types: [], client_secret: password };
const byKey = { ...machine, client_secret: undefined, token_endpoint_auth_method: 'private_key_jwt' };
const provider = new Provider(issuer, {
  clients: [
    { ...machine, client_id: CLIENT_ID.basic, grant_types: ['client_credentials'] },
    {
      ...machine,
      client_id: CLIENT_ID.post,
      grant_types: ['client_credentials'],
      token_endpoint_auth_method: 'client_secret_post',
    },
    {
      ...byKey,
      client_id: CLIENT_ID.key,
      grant_types: ['client_credentials'],
      token_endpoint_auth_signing_alg: 'ES256',
      jwks: JSON.parse(process.env[PROGRAM_ENV.keys] ?? '{"keys":[]}'),
    },
    { ...machine, client_id: CLIENT_ID.account, grant_types: ['password', 'refresh_token'] },
  ],
  features: {
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
    devInteractions: { enabled: false },
  },
  rotateRefreshToken: true,
  ttl: { AccessToken: 3600, ClientCredentials: 3600, RefreshToken: 7 * 86_400, Grant: 365 * 86_400 },
  findAccount: (_: unknown, accountId: string) => ({ accountId, claims: () => ({ sub: accountId }) }),
});

provider.registerGrantType(
  'password',
  // biome-ignore lint/suspicious/noExplicitAny: the package has no types
  async (ctx: any) => {
    const { client, params } = ctx.oidc;
    if (!accounts.includes(params.username) || params.password !== password) {
      throw new errors.InvalidGrant('wrong password');
    }
    const scope = 'openid offline_access';
    const grant = new provider.Grant({ clientId: client.clientId, accountId: params.username });
    grant.addOIDCScope(scope);
    const granted = {
      accountId: params.username,
      client,
      grantId: await grant.save(),
      gty: 'password',
      scope,
    };
    const accessToken = new provider.AccessToken(granted);
    const refreshToken = new provider.RefreshToken({ ...granted, rotations: 0 });
    ctx.body = {
      access_token: await accessToken.save(),
      refresh_token: await refreshToken.save(),
      expires_in: accessToken.expiration,
      token_type: 'Bearer',
      scope,
    };
  },
  ['username', 'password', 'scope'],
);

let revoked = 0;
provider.on('grant.revoked', () => revoked++);
provider.on('server_error', (_: unknown, error: Error) => console.error(error));

const answer = provider.callback();
server.on('request', (request, response) => {
  moveDate(request.headers[NOW_HEADER]);
  response.setHeader('date', new Date().toUTCString());
  if (request.url === REVOKED_PATH) response.end(JSON.stringify({ revoked }));
  else answer(request, response);
});
isReady(port);
