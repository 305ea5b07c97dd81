import { Duration } from 'aws-cdk-lib';
import type { FailureCode } from '../../contract/failures.ts';
import type { Call } from '../../lambda/token-api/verdict.ts';
import type { TokenApi } from '../../lib/settings/token-api/props.ts';
import * as catalogue from '../../lib/token-apis/catalogue/index.ts';

/** An answer as the API's documentation shows it, or as it was seen, with other tokens. */
interface Answer {
  /** Default: login. */
  readonly call?: Call;
  readonly status: number;
  /** Sent as JSON, unless it is text. */
  readonly body: unknown;
}

export interface Example {
  readonly api: TokenApi;
  /** Server and version that the tests run it against. Absent: it was not run. */
  readonly ranOn?: string;
  /** Absent: nobody is called. */
  readonly grants?: readonly (Answer & {
    readonly grant: {
      readonly accessToken: string;
      readonly refreshToken?: string;
      readonly lifetimeSeconds?: number;
      readonly refreshTokenLifetimeSeconds?: number;
    };
  })[];
  /** What is answered otherwise. */
  readonly failures?: readonly (Answer & { readonly code: FailureCode })[];
}

/** When the example answers came, for times that they state. */
export const ANSWERED_AT = Date.parse('2026-11-21T09:00:00Z');

const oauth = (seconds: number, more: object = {}) => ({
  status: 200,
  body: { access_token: 'a', token_type: 'Bearer', expires_in: seconds, ...more },
  grant: { accessToken: 'a', lifetimeSeconds: seconds },
});
const invalidClient = { status: 401, body: { error: 'invalid_client' }, code: 'CredentialsRefused' } as const;
const tooMany = { status: 429, body: {}, code: 'ApiThrottled' } as const;

export const examples: { readonly [Name in keyof typeof catalogue]: Example } = {
  adobeCommerce: {
    api: catalogue.adobeCommerce({ storeUrl: 'https://shop.example.com' }),
    grants: [
      {
        status: 200,
        body: '"an-admin-token"',
        grant: { accessToken: 'an-admin-token' },
      },
    ],
    failures: [
      { status: 401, body: { message: 'The account sign-in was incorrect.' }, code: 'CredentialsRefused' },
      tooMany,
    ],
  },
  amadeus: {
    api: catalogue.amadeus({ isTest: true }),
    grants: [oauth(1799, { type: 'amadeusOAuth2Token', state: 'approved' })],
    failures: [
      { status: 401, body: { error: 'invalid_client', code: 38187 }, code: 'CredentialsRefused' },
      tooMany,
    ],
  },
  directus: {
    api: catalogue.directus({ url: 'https://directus.example.com' }),
    grants: [
      {
        status: 200,
        body: { data: { access_token: 'a', expires: 900_000, refresh_token: 'r' } },
        grant: { accessToken: 'a', refreshToken: 'r', lifetimeSeconds: 900 },
      },
    ],
    failures: [
      {
        status: 401,
        body: { errors: [{ extensions: { code: 'INVALID_CREDENTIALS' } }] },
        code: 'CredentialsRefused',
      },
      { call: 'refresh', status: 401, body: { errors: [] }, code: 'RefreshTokenRefused' },
      {
        status: 429,
        body: { errors: [{ extensions: { code: 'REQUESTS_EXCEEDED' } }] },
        code: 'ApiThrottled',
      },
    ],
  },
  djangoOAuthToolkit: {
    api: catalogue.djangoOAuthToolkit({ url: 'https://api.example.com/o', grant: 'password' }),
    ranOn: 'Django OAuth Toolkit 3.4.1',
    grants: [
      {
        ...oauth(36_000, { refresh_token: 'r', scope: 'read' }),
        grant: { accessToken: 'a', refreshToken: 'r', lifetimeSeconds: 36_000 },
      },
    ],
    failures: [
      { status: 400, body: { error: 'invalid_grant' }, code: 'CredentialsRefused' },
      { call: 'refresh', status: 400, body: { error: 'invalid_grant' }, code: 'RefreshTokenRefused' },
      { ...invalidClient, call: 'refresh', code: 'ClientRefused' },
    ],
  },
  entraId: {
    api: catalogue.entraId({
      tenant: 'contoso.example',
      scope: 'https://graph.microsoft.com/.default',
      certificate: true,
    }),
    grants: [oauth(3599, { ext_expires_in: 3599 })],
    failures: [
      { ...invalidClient, body: { error: 'invalid_client', error_codes: [7000215] } },
      { status: 400, body: { error: 'unauthorized_client' }, code: 'CredentialsRefused' },
      tooMany,
    ],
  },
  gitHubApp: {
    api: catalogue.gitHubApp({ installationId: '1' }),
    grants: [
      {
        status: 201,
        body: { token: 'ghs_a', expires_at: '2026-11-21T10:00:00Z', permissions: { contents: 'read' } },
        grant: { accessToken: 'ghs_a', lifetimeSeconds: 3600 },
      },
    ],
    failures: [
      { status: 401, body: { message: 'A JSON web token could not be decoded' }, code: 'CredentialsRefused' },
      { status: 403, body: { message: 'API rate limit exceeded' }, code: 'ApiThrottled' },
    ],
  },
  keycloak: {
    api: catalogue.keycloak({ url: 'https://sso.example.com', realm: 'main', grant: 'password' }),
    ranOn: 'Keycloak 26.4.2',
    grants: [
      {
        ...oauth(300, { refresh_token: 'r', refresh_expires_in: 1800 }),
        grant: {
          accessToken: 'a',
          refreshToken: 'r',
          lifetimeSeconds: 300,
          refreshTokenLifetimeSeconds: 1800,
        },
      },
    ],
    failures: [
      {
        status: 401,
        body: { error: 'invalid_grant', error_description: 'Invalid user credentials' },
        code: 'CredentialsRefused',
      },
      { status: 401, body: { error: 'unauthorized_client' }, code: 'CredentialsRefused' },
      {
        call: 'refresh',
        status: 400,
        body: { error: 'invalid_grant', error_description: 'Maximum allowed refresh token reuse exceeded' },
        code: 'RefreshTokenRefused',
      },
    ],
  },
  nodeRed: {
    api: catalogue.nodeRed({ url: 'https://flows.example.com' }),
    ranOn: 'Node-RED 5.0.7',
    grants: [oauth(604_800)],
    failures: [
      { status: 403, body: { error: 'invalid_grant' }, code: 'CredentialsRefused' },
      { status: 500, body: { error: 'server_error' }, code: 'ApiFailed' },
    ],
  },
  parseServer: {
    api: catalogue.parseServer({ url: 'https://api.example.com/parse' }),
    ranOn: 'Parse Server 9.10.0',
    grants: [{ status: 200, body: { objectId: 'x', sessionToken: 'r:a' }, grant: { accessToken: 'r:a' } }],
    failures: [
      { status: 404, body: { code: 101, error: 'Invalid username/password.' }, code: 'CredentialsRefused' },
    ],
  },
  paypal: {
    api: catalogue.paypal({ isSandbox: true }),
    grants: [oauth(31_668, { app_id: 'APP-1', nonce: '2026' })],
    failures: [invalidClient, tooMany],
  },
  simpleJwt: {
    api: catalogue.simpleJwt({ url: 'https://api.example.com' }),
    ranOn: 'Simple JWT 5.5.1 with django-axes 8.3.1',
    grants: [
      { status: 200, body: { access: 'a', refresh: 'r' }, grant: { accessToken: 'a', refreshToken: 'r' } },
      { call: 'refresh', status: 200, body: { access: 'b' }, grant: { accessToken: 'b' } },
    ],
    failures: [
      {
        status: 401,
        body: { detail: 'No active account found with the given credentials' },
        code: 'CredentialsRefused',
      },
      { call: 'refresh', status: 401, body: { code: 'token_not_valid' }, code: 'RefreshTokenRefused' },
    ],
  },
  snowflake: { api: catalogue.snowflake({ account: 'myorg-account', user: 'refresher' }) },
  spotify: {
    api: catalogue.spotify(),
    grants: [oauth(3600)],
    failures: [{ status: 400, body: { error: 'invalid_client' }, code: 'CredentialsRefused' }, tooMany],
  },
  tableau: {
    api: catalogue.tableau({
      serverUrl: 'https://10ay.online.tableau.com',
      apiVersion: '3.27',
      site: 'main',
    }),
    grants: [
      {
        status: 200,
        body: { credentials: { token: 'a|b|c', estimatedTimeToExpiration: '1:59:59', site: { id: 's' } } },
        grant: { accessToken: 'a|b|c', lifetimeSeconds: 7199 },
      },
    ],
    failures: [{ status: 401, body: { error: { code: '401001' } }, code: 'CredentialsRefused' }],
  },
  toast: {
    api: catalogue.toast(),
    grants: [
      {
        status: 200,
        body: {
          token: { tokenType: 'Bearer', expiresIn: 86_400, accessToken: 'a', refreshToken: null },
          status: 'SUCCESS',
        },
        grant: { accessToken: 'a', lifetimeSeconds: 86_400 },
      },
    ],
    failures: [
      { status: 401, body: { code: 10010, message: 'invalid' }, code: 'CredentialsRefused' },
      tooMany,
    ],
  },
  zoom: {
    api: catalogue.zoom(),
    grants: [oauth(3600, { scope: 'meeting:read' })],
    failures: [
      {
        status: 400,
        body: { reason: 'Invalid client_id or client_secret', error: 'invalid_client' },
        code: 'CredentialsRefused',
      },
      tooMany,
    ],
  },
};

/** Lifetime of an access token as the function has it, if the answer states none. */
export const lifetimeOf = ({ accessTokenLifetime = Duration.minutes(30) }: TokenApi): number =>
  accessTokenLifetime.toSeconds();
