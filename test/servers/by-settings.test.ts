import { generateKeyPairSync } from 'node:crypto';
import { Duration } from 'aws-cdk-lib';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { MINUTE } from '../../contract/times.ts';
import type { TokenApi } from '../../lib/settings/token-api/props.ts';
import { djangoOAuthToolkit } from '../../lib/token-apis/catalogue/index.ts';
import { oauth2 } from '../../lib/token-apis/oauth2.ts';
import { type MovedRefresher, movedClock, startMovedRefresher } from './moved-refresher.ts';
import { CLIENT_ID, PROGRAM_ENV } from './programs/contract.ts';
import {
  djangoOAuth,
  jsonServerAuth,
  type Kind,
  nodeRed,
  oidcProvider,
  parseServer,
  RIGHT_PASSWORD,
  simplejwt,
  startTokenServer,
  type TokenServer,
} from './token-servers.ts';

const ACCOUNT = 'machine';
const EVERY = { interval: Duration.minutes(25), accessTokenLifetime: Duration.minutes(30) };

const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const privateKey = key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const keys = { keys: [{ ...key.publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig', alg: 'ES256' }] };

interface Way {
  readonly way: string;
  readonly api: (url: string) => TokenApi;
  readonly right: Readonly<Record<string, string>>;
  readonly wrong: Readonly<Record<string, string>>;
  readonly renewedBy: 'login' | 'refresh';
}

const ofAccount = (kind: Kind, renewedBy: Way['renewedBy']): Way => ({
  way: 'an account',
  api: kind.api,
  right: kind.credentials(ACCOUNT, RIGHT_PASSWORD),
  wrong: kind.credentials(ACCOUNT, 'stored by mistake'),
  renewedBy,
});

const client = (id: string, secret = RIGHT_PASSWORD) => ({ client_id: id, client_secret: secret });
const tokenUrl = (url: string) => `${url}/token`;

const SERVERS: { kind: Kind; ways: Way[] }[] = [
  { kind: simplejwt, ways: [ofAccount(simplejwt, 'refresh')] },
  { kind: nodeRed, ways: [ofAccount(nodeRed, 'login')] },
  { kind: parseServer, ways: [ofAccount(parseServer, 'login')] },
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
  const clock = movedClock();
  let server: TokenServer;

  beforeAll(async () => {
    const env = { [PROGRAM_ENV.keys]: JSON.stringify(keys) };
    server = await startTokenServer(kind, { accounts: [ACCOUNT], now: clock.now, env });
  });
  afterAll(() => server?.close());

  it.each(ways)('to $way', async ({ api, right, wrong, renewedBy }) => {
    const refresher = await startMovedRefresher({ api: api(server.url), ...EVERY }, clock);
    onTestFinished(refresher.close);
    const statuses = () => refresher.calls.splice(0).map(({ call, status }) => `${call} ${status}`);

    refresher.storeCredentials(wrong);
    await refresher.pass(30_000);
    expect(statuses()).toEqual([expect.stringMatching(/^login 4\d\d$/)]);
    expect(refresher.accessToken()).toBeUndefined();

    refresher.storeCredentials(right);
    await refresher.pass(MINUTE);
    expect(statuses()).toEqual(['login 200']);
    const first = refresher.accessToken();
    expect(first).toMatch(/^\S{10,}$/);

    await refresher.pass(25 * MINUTE);
    expect(new Set(statuses())).toEqual(new Set([`${renewedBy} 200`]));
    expect(refresher.accessToken()).not.toBe(first);
    expectNothingSecret(refresher, [...Object.values(right), ...Object.values(wrong), first ?? '']);
  });
});

/** Names and ids are none. */
function expectNothingSecret(refresher: MovedRefresher, values: readonly string[]): void {
  const emitted = refresher.emitted();
  const secrets = values.filter((value) => value !== ACCOUNT && !value.startsWith('by') && value.length > 15);
  expect(secrets.length).toBeGreaterThan(0);
  for (const secret of secrets.flatMap((value) => value.split('\n').filter((line) => line.length > 15)))
    expect(emitted).not.toContain(secret);
}
