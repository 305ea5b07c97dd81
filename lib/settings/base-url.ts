import { BlockList, isIPv4 } from 'node:net';
import { Token } from 'aws-cdk-lib';
import { LOOPBACK_HOSTS } from '../../contract/function-settings.ts';
import type { TokenApiSettings } from '../../contract/token-api.ts';
import type { Parser } from './parser.ts';
import { kindOf } from './show.ts';
import { loginUrl, originsOf } from './token-api/hosts.ts';

/**
 * The URL as WHATWG writes it, without a trailing slash. A refusal shows no part that may be a secret.
 *
 * @param local allows plain http on loopback.
 */
export const baseUrl =
  (local: boolean): Parser<string> =>
  (value, path) => {
    if (
      typeof value !== 'string' ||
      Token.isUnresolved(value) ||
      value !== value.trim() ||
      !URL.canParse(value)
    ) {
      return path.refuse('must be an absolute URL, such as "https://api.example.com/v1"', shown(value));
    }
    const url = new URL(value);
    if (url.username !== '' || url.password !== '') {
      const rule = 'must hold no user name or password, which belong in the credentials secret';
      return path.refuse(rule, shown(value));
    }
    if (/[?#]/.test(value)) return path.refuse('must have neither query nor fragment', shown(value));
    const onLoopback = LOOPBACK_HOSTS.includes(url.hostname);
    if (url.protocol !== 'https:' && !(local && onLoopback && url.protocol === 'http:')) {
      const rule = 'must begin with https:// (plain http is for the local run, on loopback)';
      return path.refuse(rule, shown(value));
    }
    return url.href.replace(/\/+$/, '');
  };

/** Secrets in a URL are usually in the user information or the query. */
function shown(value: unknown): string {
  if (typeof value !== 'string') return kindOf(value);
  return /[@?#]/.test(value)
    ? 'a value that is not shown, since it may hold a secret'
    : JSON.stringify(value);
}

/**
 * Warnings about a token API that breaks no rule but is probably wrong.
 *
 * @param reachesPrivate the function stands in a VPC, or on this machine.
 */
export function doubtsAbout(
  api: TokenApiSettings,
  { reachesPrivate }: { reachesPrivate: boolean },
): string[] {
  const [, ending] = /(\/auth\/token(\/refresh)?)\/auth\/token$/.exec(loginUrl(api) ?? '') ?? [];
  const isSomePrivate = originsOf(api).some((origin) => isPrivate(new URL(origin).hostname));
  return [
    ...(ending === undefined
      ? []
      : [`has a base URL that ends in ${ending}, and the refresher adds /auth/token itself`]),
    ...(reachesPrivate || !isSomePrivate
      ? []
      : ['is on a private address, which the function reaches in a VPC only: set network']),
  ];
}

/**
 * Address ranges that are not reachable from the Internet.
 *
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry
 * @see https://www.iana.org/assignments/iana-ipv6-special-registry
 */
const PRIVATE = new BlockList();
for (const range of [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '240.0.0.0/4',
  '::/128',
  '::1/128',
  'fc00::/7',
  'fe80::/10',
]) {
  const [address = '', prefix] = range.split('/');
  PRIVATE.addSubnet(address, Number(prefix), isIPv4(address) ? 'ipv4' : 'ipv6');
}

function isPrivate(hostname: string): boolean {
  const host = hostname.replace(/\.$/, '');
  if (isIPv4(host)) return PRIVATE.check(host, 'ipv4');
  // An IPv4 address that is mapped is checked as such.
  if (host.startsWith('[')) return PRIVATE.check(host.slice(1, -1), 'ipv6');
  return !host.includes('.') || /\.(internal|local|localhost)$/.test(host);
}
