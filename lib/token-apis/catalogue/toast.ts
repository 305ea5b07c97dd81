import { Duration } from 'aws-cdk-lib';
import type { TokenApi } from '../../settings/token-api/props.ts';
import { secret } from '../../settings/token-api/values.ts';
import { login } from '../login.ts';

/**
 * Toast, for restaurants. An access token usually lives for a day. Toast asks for one or two a day, and takes no more than two an
 * hour: so there is one every twelve hours, and none sooner than half an hour after the last.
 *
 * @see https://doc.toasttab.com/doc/devguide/apiAuthenticationRateLimit.html read on 2026-12-01
 */
export const toast = ({ host = 'ws-api.toasttab.com' }: { readonly host?: string } = {}): TokenApi =>
  login({
    url: `https://${host}/authentication/v1/authentication/login`,
    json: {
      clientId: secret('clientId'),
      clientSecret: secret('clientSecret'),
      userAccessType: 'TOAST_MACHINE_CLIENT',
    },
    answer: { token: '/token/accessToken', expires: { at: '/token/expiresIn' } },
    as: 'client',
    interval: Duration.hours(12),
    accessTokenLifetime: Duration.days(1),
    minimumGap: Duration.minutes(30),
  });
