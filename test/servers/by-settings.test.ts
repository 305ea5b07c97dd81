import { generateKeyPairSync } from 'node:crypto';
import { describe } from 'vitest';
import { djangoOAuthToolkit } from '../../lib/token-apis/catalogue/index.ts';
import { oauth2 } from '../../lib/token-apis/oauth2.ts';
import { CLIENT_ID, PROGRAM_ENV } from './programs/contract.ts';
import {
  djangoOAuth,
  flaskAppBuilder,
  jsonServerAuth,
  type Kind,
  nodeRed,
  oidcProvider,
  parseServer,
  RIGHT_PASSWORD,
  simplejwt,
} from './token-servers.ts';
import { itGivesTokens, ofAccount, type Way } from './ways.ts';

const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const privateKey = key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const keys = { keys: [{ ...key.publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig', alg: 'ES256' }] };

const client = (id: string, secret = RIGHT_PASSWORD) => ({ client_id: id, client_secret: secret });
const tokenUrl = (url: string) => `${url}/token`;

const SERVERS: { kind: Kind; ways: Way[] }[] = [
  { kind: simplejwt, ways: [ofAccount(simplejwt, 'refresh')] },
  { kind: nodeRed, ways: [ofAccount(nodeRed, 'login')] },
  { kind: parseServer, ways: [ofAccount(parseServer, 'login')] },
  { kind: flaskAppBuilder, ways: [ofAccount(flaskAppBuilder, 'refresh')] },
  { kind: jsonServerAuth, ways: [ofAccount(jsonServerAuth, 'login')] },
  {
    kind: oidcProvider,
    ways: [
      ofAccount(oidcProvider, 'refresh'),
      {
        way: 'a client by Basic',
        api: (url) => oauth2({ tokenUrl: tokenUrl(url), grant: 'client_credentials' }),
        right: client(CLIENT_ID.basic),
        wrong: client(CLIENT_ID.basic, 'stored by mistake'),
        renewedBy: 'login',
      },
      {
        way: 'a client by its body',
        api: (url) =>
          oauth2({ tokenUrl: tokenUrl(url), grant: 'client_credentials', auth: 'client_secret_post' }),
        right: client(CLIENT_ID.post),
        wrong: client(CLIENT_ID.post, 'stored by mistake'),
        renewedBy: 'login',
      },
      {
        way: 'a client by its key',
        api: (url) =>
          oauth2({
            tokenUrl: tokenUrl(url),
            grant: 'client_credentials',
            auth: 'private_key_jwt',
            signing: { algorithm: 'ES256', keyId: 'k1' },
          }),
        right: { client_id: CLIENT_ID.key, private_key: privateKey },
        wrong: {
          client_id: CLIENT_ID.key,
          private_key: generateKeyPairSync('ec', { namedCurve: 'P-256' })
            .privateKey.export({ type: 'pkcs8', format: 'pem' })
            .toString(),
        },
        renewedBy: 'login',
      },
    ],
  },
  {
    kind: djangoOAuth,
    ways: [
      ofAccount(djangoOAuth, 'login'),
      {
        way: 'a client by Basic',
        api: (url) => djangoOAuthToolkit({ url: `${url}/o` }),
        right: client(CLIENT_ID.basic),
        wrong: client(CLIENT_ID.basic, 'stored by mistake'),
        renewedBy: 'login',
      },
    ],
  },
];

describe.each(SERVERS)('$kind.name gives tokens by settings alone', ({ kind, ways }) => {
  itGivesTokens(kind, ways, { [PROGRAM_ENV.keys]: JSON.stringify(keys) });
});
