import type { TokenApi } from '../../settings/token-api/props.ts';
import { secret } from '../../settings/token-api/values.ts';
import { oauth2 } from '../oauth2.ts';

export interface EntraIdProps {
  /** Directory (tenant) id or domain. */
  readonly tenant: string;
  /** Such as `https://graph.microsoft.com/.default`. */
  readonly scope: string;
  /** The secret then holds `private_key` and `certificate` instead of `client_secret`. Default: false. */
  readonly certificate?: boolean;
}

/**
 * Microsoft Entra ID, client credentials, by secret or by certificate.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/certificate-credentials read on 2026-12-01
 */
export const entraId = ({ tenant, scope, certificate = false }: EntraIdProps): TokenApi =>
  oauth2({
    tokenUrl: `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`,
    grant: 'client_credentials',
    scope,
    ...(certificate
      ? { auth: 'private_key_jwt', signing: { algorithm: 'PS256', certificate: secret('certificate') } }
      : { auth: 'client_secret_post' }),
  });
