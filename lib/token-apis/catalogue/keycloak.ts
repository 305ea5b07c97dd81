import { Duration } from 'aws-cdk-lib';
import type { TokenApi } from '../../settings/token-api/props.ts';
import { oauth2 } from '../oauth2.ts';

export interface KeycloakProps {
  /** Such as `https://sso.example.com`. */
  readonly url: string;
  readonly realm: string;
  /** A user logs in with `password`. Default: `client_credentials`. */
  readonly grant?: 'client_credentials' | 'password';
  readonly scope?: string;
}

/**
 * Keycloak, a client with a secret, for itself or for a user. By default an access token lives for five minutes. A realm may be told to
 * revoke refresh tokens that come twice.
 *
 * @see https://www.keycloak.org/securing-apps/oidc-layers read on 2026-12-01
 */
export const keycloak = ({ url, realm, grant = 'client_credentials', scope }: KeycloakProps): TokenApi =>
  oauth2({
    tokenUrl: `${url}/realms/${realm}/protocol/openid-connect/token`,
    grant,
    ...(scope !== undefined && { scope }),
    overrides: {
      reuse: 'revokes',
      interval: Duration.minutes(2),
      accessTokenLifetime: Duration.minutes(5),
      ...(grant === 'password' && {
        answer: {
          token: '/access_token',
          refreshToken: '/refresh_token',
          expires: { at: '/expires_in' },
          refreshExpires: { at: '/refresh_expires_in' },
        },
      }),
    },
  });
