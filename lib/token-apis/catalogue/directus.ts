import { Duration } from 'aws-cdk-lib';
import type { TokenApi } from '../../settings/token-api/props.ts';
import { refreshToken, secret } from '../../settings/token-api/values.ts';
import { login } from '../login.ts';

/**
 * Directus, a user's token. By default an access token lives for 15 minutes and a refresh token for seven days.
 *
 * @param url such as `https://directus.example.com`.
 * @see https://directus.io/docs/guides/auth/email-login read on 2026-12-01
 */
export const directus = ({ url }: { readonly url: string }): TokenApi =>
  login({
    url: `${url}/auth/login`,
    json: { email: secret('email'), password: secret('password') },
    refresh: { url: `${url}/auth/refresh`, json: { refresh_token: refreshToken, mode: 'json' } },
    answer: {
      token: '/data/access_token',
      refreshToken: '/data/refresh_token',
      expires: { at: '/data/expires', unit: 'ms' },
    },
    interval: Duration.minutes(10),
    accessTokenLifetime: Duration.minutes(15),
  });
