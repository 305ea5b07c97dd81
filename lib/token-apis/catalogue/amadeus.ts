import { Duration } from 'aws-cdk-lib';
import type { TokenApi } from '../../settings/token-api/props.ts';
import { oauth2 } from '../oauth2.ts';

/**
 * Amadeus for Developers, Self-Service APIs. `client_id` is the API key, `client_secret` the API secret.
 *
 * @see https://developers.amadeus.com/self-service/apis-docs/guides/authorization read on 2026-12-01
 */
export const amadeus = ({ isTest = false }: { readonly isTest?: boolean } = {}): TokenApi =>
  oauth2({
    tokenUrl: `https://${isTest ? 'test.' : ''}api.amadeus.com/v1/security/oauth2/token`,
    grant: 'client_credentials',
    auth: 'client_secret_post',
    overrides: { accessTokenLifetime: Duration.minutes(30) },
  });
