import { Token } from 'aws-cdk-lib';
import { LOOPBACK_HOSTS } from '../../contract/function-settings.ts';
import { kindOf, SettingError, type SettingPath } from './setting-error.ts';

/**
 * @param local allows plain http on loopback.
 * @returns the URL as WHATWG writes it, without a trailing slash.
 * @throws SettingError, never with a part of the URL that may be a secret.
 */
export function checkedBaseUrl(path: SettingPath, value: unknown, { local }: { local: boolean }): string {
  const refused = (rule: string) => new SettingError(path, rule, shown(value));
  if (
    typeof value !== 'string' ||
    Token.isUnresolved(value) ||
    value !== value.trim() ||
    !URL.canParse(value)
  ) {
    throw refused('must be an absolute URL, such as "https://api.example.com/v1"');
  }
  const url = new URL(value);
  if (url.username !== '' || url.password !== '') {
    throw refused('must hold no user name or password, which belong in the credentials secret');
  }
  if (/[?#]/.test(value)) throw refused('must have neither query nor fragment');
  const onLoopback = LOOPBACK_HOSTS.includes(url.hostname);
  if (url.protocol !== 'https:' && !(local && onLoopback && url.protocol === 'http:')) {
    throw refused('must begin with https:// (plain http is for the local run, on loopback)');
  }
  return url.href.replace(/\/+$/, '');
}

/** User information and queries are where secrets stand in a URL. */
function shown(value: unknown): string {
  if (typeof value !== 'string') return kindOf(value);
  return /[@?#]/.test(value)
    ? 'a value that is not shown, since it may hold a secret'
    : JSON.stringify(value);
}
