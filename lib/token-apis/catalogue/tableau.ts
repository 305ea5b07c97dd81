import { Duration } from 'aws-cdk-lib';
import type { TokenApi } from '../../settings/token-api/props.ts';
import { secret } from '../../settings/token-api/values.ts';
import { login } from '../login.ts';

export interface TableauProps {
  /** Such as `https://10ay.online.tableau.com`. */
  readonly serverUrl: string;
  /** Of the REST API: `3.27`. */
  readonly apiVersion: string;
  /** The site's subpath. Default: the default site. */
  readonly site?: string;
}

/**
 * Tableau REST API, by personal access token. Consumers show the access token in the header `X-Tableau-Auth`. By default it lives for two
 * hours.
 *
 * @see https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_concepts_auth.htm read on 2026-12-01
 */
export const tableau = ({ serverUrl, apiVersion, site = '' }: TableauProps): TokenApi =>
  login({
    url: `${serverUrl}/api/${apiVersion}/auth/signin`,
    json: {
      credentials: {
        personalAccessTokenName: secret('personal_access_token_name'),
        personalAccessTokenSecret: secret('personal_access_token_secret'),
        site: { contentUrl: site },
      },
    },
    answer: {
      token: '/credentials/token',
      expires: { at: '/credentials/estimatedTimeToExpiration', unit: 'hms' },
    },
    accessTokenLifetime: Duration.hours(2),
  });
