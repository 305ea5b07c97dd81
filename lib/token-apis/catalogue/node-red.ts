import { Duration } from 'aws-cdk-lib';
import type { TokenApi } from '../../settings/token-api/props.ts';
import { literal } from '../../settings/token-api/values.ts';
import { oauth2 } from '../oauth2.ts';

/**
 * The admin API of Node-RED. An access token lives for seven days by default. Logins that follow each other fast are refused with 500 for ten
 * minutes of quiet.
 *
 * @param url such as `https://flows.example.com`.
 * @see https://nodered.org/docs/api/admin/oauth read on 2026-12-01
 */
export const nodeRed = ({ url }: { readonly url: string }): TokenApi =>
  oauth2({
    tokenUrl: `${url}/auth/token`,
    grant: 'password',
    auth: 'none',
    scope: '*',
    fields: { clientId: literal('node-red-admin') },
    refresh: false,
    overrides: { accessTokenLifetime: Duration.days(7) },
  });
