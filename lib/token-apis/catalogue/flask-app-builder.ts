import { Duration } from 'aws-cdk-lib';
import type { TokenApi } from '../../settings/token-api/props.ts';
import { refreshToken, secret, text } from '../../settings/token-api/values.ts';
import { login } from '../login.ts';

/**
 * Flask-AppBuilder, a user's token, and what is built on it, such as Apache Superset. By default an access token lives for 15 minutes and a
 * refresh token for 30 days.
 *
 * @param url such as `https://superset.example.com`.
 * @param provider what checks the password: `db` by default, or `ldap`.
 */
export const flaskAppBuilder = ({
  url,
  provider = 'db',
}: {
  readonly url: string;
  readonly provider?: 'db' | 'ldap';
}): TokenApi =>
  login({
    url: `${url}/api/v1/security/login`,
    json: { username: secret('username'), password: secret('password'), provider, refresh: true },
    refresh: {
      url: `${url}/api/v1/security/refresh`,
      headers: { Authorization: text`Bearer ${refreshToken}` },
    },
    answer: { token: '/access_token', refreshToken: '/refresh_token' },
    interval: Duration.minutes(10),
    accessTokenLifetime: Duration.minutes(15),
    refreshTokenLifetime: Duration.days(30),
  });
