import { Duration } from 'aws-cdk-lib';
import type { TokenApi } from '../../settings/token-api/props.ts';
import { secret } from '../../settings/token-api/values.ts';
import { login } from '../login.ts';

/**
 * Parse Server, a user's session, which lives for a year by default. Consumers show it in the header `X-Parse-Session-Token`, with the id of the
 * application beside it.
 *
 * @param url where the server is mounted: `https://api.example.com/parse`.
 */
export const parseServer = ({ url }: { readonly url: string }): TokenApi =>
  login({
    url: `${url}/login`,
    headers: { 'X-Parse-Application-Id': secret('application_id') },
    json: { username: secret('username'), password: secret('password') },
    answer: { token: '/sessionToken' },
    interval: Duration.hours(12),
    accessTokenLifetime: Duration.days(365),
  });
