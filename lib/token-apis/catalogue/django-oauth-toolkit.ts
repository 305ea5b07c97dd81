import { Duration } from 'aws-cdk-lib';
import type { TokenApi } from '../../settings/token-api/props.ts';
import { oauth2 } from '../oauth2.ts';

export interface DjangoOAuthToolkitProps {
  /** Where its URLs are mounted: `https://api.example.com/o`. */
  readonly url: string;
  /** A user logs in with `password`. Default: `client_credentials`. */
  readonly grant?: 'client_credentials' | 'password';
  readonly scope?: string;
}

/**
 * Django OAuth Toolkit. By default an access token lives for ten hours. A refresh ends the access token before it, so tokens are renewed by
 * login; a refresh token that comes twice may end all that was granted with it.
 *
 * @see https://django-oauth-toolkit.readthedocs.io/en/latest/settings.html read on 2026-12-01
 */
export const djangoOAuthToolkit = ({
  url,
  grant = 'client_credentials',
  scope,
}: DjangoOAuthToolkitProps): TokenApi =>
  oauth2({
    tokenUrl: `${url}/token/`,
    grant,
    ...(scope !== undefined && { scope }),
    overrides: { renewBy: 'login', reuse: 'revokes', accessTokenLifetime: Duration.hours(10) },
  });
