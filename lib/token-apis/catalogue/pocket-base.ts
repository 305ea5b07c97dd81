import { Duration } from 'aws-cdk-lib';
import type { TokenApi } from '../../settings/token-api/props.ts';
import { accessToken, secret } from '../../settings/token-api/values.ts';
import { login } from '../login.ts';

/**
 * PocketBase, a token of a record that may log in. It says itself how long it lives, and is renewed by the live one: a day by default for
 * superusers.
 *
 * @param url such as `https://pocketbase.example.com`.
 * @param collection `users` by default; `_superusers` for administrators.
 */
export function pocketBase(props: { readonly url: string; readonly collection?: string }): TokenApi {
  const { url, collection = 'users' } = props;
  const records = `${url}/api/collections/${collection}`;
  return login({
    url: `${records}/auth-with-password`,
    json: { identity: secret('identity'), password: secret('password') },
    refresh: { url: `${records}/auth-refresh`, headers: { Authorization: accessToken } },
    answer: { token: '/token' },
    interval: Duration.hours(6),
    accessTokenLifetime: Duration.days(1),
  });
}
