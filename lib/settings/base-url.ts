import { BlockList, isIP } from 'node:net';
import { Token } from 'aws-cdk-lib';
import { LOOPBACK_HOSTS } from '../../contract/function-settings.ts';
import type { Parser } from './parser.ts';
import { kindOf } from './show.ts';

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

/** User information and queries are where secrets stand in a URL. */
function shown(value: unknown): string {
  if (typeof value !== 'string') return kindOf(value);
  return /[@?#]/.test(value)
    ? 'a value that is not shown, since it may hold a secret'
    : JSON.stringify(value);
}

/**
 * What is probably wrong with a base URL that breaks no rule.
 *
 * @param reachesPrivate the function stands in a VPC, or on this machine.
 */
export function doubtsAbout(baseUrl: string, { reachesPrivate }: { reachesPrivate: boolean }): string[] {
  const { hostname, pathname } = new URL(baseUrl);
  const [ending] = /\/auth\/token(\/refresh)?$/.exec(pathname) ?? [];
  return [
    ...(ending === undefined ? [] : [`ends in ${ending}, and the refresher adds /auth/token itself`]),
    ...(reachesPrivate || !isPrivate(hostname)
      ? []
      : ['is on a private address, which the function reaches in a VPC only: set network']),
  ];
}

/** RFC 1918, link-local, loopback; for IPv6 unique local. */
const PRIVATE = new BlockList();
for (const [address, prefix] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['127.0.0.0', 8],
  ['fc00::', 7],
  ['fe80::', 10],
  ['::1', 128],
] as const) {
  PRIVATE.addSubnet(address, prefix, familyOf(address));
}

function familyOf(address: string) {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

/** @param hostname as in a URL: IPv6 in brackets. */
function isPrivate(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$|\.$/g, '');
  if (isIP(host) !== 0) return PRIVATE.check(host, familyOf(host));
  return !host.includes('.') || /\.(internal|local|localhost)$/.test(host);
}
