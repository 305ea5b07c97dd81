import { Duration } from 'aws-cdk-lib';
import type { TokenApi } from '../../settings/token-api/props.ts';
import { refreshToken, secret } from '../../settings/token-api/values.ts';
import { login } from '../login.ts';

/**
 * Django REST framework with Simple JWT. By default an access token lives for five minutes and a refresh token for one day. The URLs are those
 * of its documentation.
 *
 * @param url such as `https://api.example.com`.
 * @see https://django-rest-framework-simplejwt.readthedocs.io/en/latest/getting_started.html read on 2026-12-01
 */
export const simpleJwt = ({ url }: { readonly url: string }): TokenApi =>
  login({
    url: `${url}/api/token/`,
    json: { username: secret('username'), password: secret('password') },
    refresh: { url: `${url}/api/token/refresh/`, json: { refresh: refreshToken } },
    answer: { token: '/access', refreshToken: '/refresh' },
    interval: Duration.minutes(2),
    accessTokenLifetime: Duration.minutes(5),
    refreshTokenLifetime: Duration.days(1),
  });
