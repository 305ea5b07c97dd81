import { Duration } from 'aws-cdk-lib';
import type { TokenApi } from '../../settings/token-api/props.ts';
import { oauth2 } from '../oauth2.ts';

/**
 * Spotify Web API, client credentials: what belongs to no user. An access token lives for one hour.
 *
 * @see https://developer.spotify.com/documentation/web-api/tutorials/client-credentials-flow read on 2026-12-01
 */
export const spotify = (): TokenApi =>
  oauth2({
    tokenUrl: 'https://accounts.spotify.com/api/token',
    grant: 'client_credentials',
    overrides: { accessTokenLifetime: Duration.hours(1) },
  });
