import { Duration } from 'aws-cdk-lib';
import type { TokenApi } from '../../settings/token-api/props.ts';
import { secret } from '../../settings/token-api/values.ts';
import { login } from '../login.ts';

/**
 * Adobe Commerce and Magento Open Source, an admin's token. It lives for four hours by default. It is not for
 * an admin with two-factor authentication.
 *
 * @param storeUrl such as `https://shop.example.com`.
 * @see https://developer.adobe.com/commerce/webapi/get-started/authentication/gs-authentication-token/ read on 2026-12-01
 */
export const adobeCommerce = ({ storeUrl }: { readonly storeUrl: string }): TokenApi =>
  login({
    url: `${storeUrl}/rest/V1/integration/admin/token`,
    json: { username: secret('username'), password: secret('password') },
    answer: { token: '' },
    accessTokenLifetime: Duration.hours(4),
  });
