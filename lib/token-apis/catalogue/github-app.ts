import { Duration } from 'aws-cdk-lib';
import type { TokenApi } from '../../settings/token-api/props.ts';
import { secret } from '../../settings/token-api/values.ts';
import { selfSigned } from '../self-signed.ts';

export interface GitHubAppProps {
  /** Of the app, in the organization or account whose repositories are read. */
  readonly installationId: string;
  /** Default: that of github.com. */
  readonly apiUrl?: string;
}

/**
 * A GitHub App's installation. `client_id` is the app's client id, `private_key` the key that GitHub gave out. An access token lives
 * for one hour.
 *
 * @see https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-an-installation-access-token-for-a-github-app read on 2026-12-01
 */
export const gitHubApp = ({ installationId, apiUrl = 'https://api.github.com' }: GitHubAppProps): TokenApi =>
  selfSigned({
    signing: { algorithm: 'RS256', issuer: secret('client_id') },
    exchange: {
      url: `${apiUrl}/app/installations/${installationId}/access_tokens`,
      headers: { Accept: 'application/vnd.github+json' },
      answer: { token: '/token', expires: { at: '/expires_at', unit: 'iso' } },
    },
    accessTokenLifetime: Duration.hours(1),
  });
