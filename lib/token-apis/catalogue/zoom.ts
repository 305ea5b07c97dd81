import { Duration } from 'aws-cdk-lib';
import type { TokenApi } from '../../settings/token-api/props.ts';
import { secret } from '../../settings/token-api/values.ts';
import { oauth2 } from '../oauth2.ts';

/**
 * Zoom, Server-to-Server OAuth. An access token lives for one hour, and there is no refresh token.
 *
 * @see https://developers.zoom.us/docs/rooms/s2s-oauth/ read on 2026-12-01
 */
export const zoom = (): TokenApi =>
  oauth2({
    tokenUrl: 'https://zoom.us/oauth/token',
    grant: 'account_credentials',
    params: { account_id: secret('account_id') },
    overrides: { accessTokenLifetime: Duration.hours(1) },
  });
