import type { TokenApi } from '../../settings/token-api/props.ts';
import { oauth2 } from '../oauth2.ts';

/**
 * PayPal REST APIs. The answer says how long an access token lives.
 *
 * @see https://developer.paypal.com/api/rest/authentication/ read on 2026-12-01
 */
export const paypal = ({ isSandbox = false }: { readonly isSandbox?: boolean } = {}): TokenApi =>
  oauth2({
    tokenUrl: `https://api-m${isSandbox ? '.sandbox' : ''}.paypal.com/v1/oauth2/token`,
    grant: 'client_credentials',
    basicEncoding: 'plain',
  });
