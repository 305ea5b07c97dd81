import { ENVIRONMENT_NAME, TOKEN_NAME, TOKEN_NAME_MAX_LENGTH } from '../contract/names.ts';
import { DEFAULT_TIMES, LATEST_SUCCESSOR_SECONDS } from '../contract/times.ts';
import type { TokenHeader } from './bearer-fetch.ts';
import { TokenError } from './errors.ts';
import type { RefreshRequestOptions, TokenClientOptions } from './options.ts';

const DEFAULT_MAX_AGE_SECONDS = 60;

/** All that was left out is filled in. */
export interface CheckedTimes {
  readonly maxAgeSeconds: number;
  readonly lifetimeSeconds: number;
  readonly pollSeconds: number;
  readonly readTimeoutSeconds: number;
  readonly waitSeconds: number;
}

/** @throws TokenError `InvalidOption` that names the option, the rule and the value */
export function checkOptions(options: TokenClientOptions): CheckedTimes {
  checkKeys(options, KEYS, '');
  checkName('environment', options.environment, ENVIRONMENT_NAME);
  checkName('token', options.token, TOKEN_NAME);
  if (options.token.length > TOKEN_NAME_MAX_LENGTH) {
    fail('token', `has at most ${TOKEN_NAME_MAX_LENGTH} characters`, options.token);
  }
  checkNotBoth(options, ['ssm', 'ssmConfig']);
  const { refreshRequests, header } = options;
  if (header !== undefined) checkHeader(header);
  if (refreshRequests !== undefined) checkRefreshRequests(refreshRequests);

  const lifetimeSeconds = seconds(options, 'lifetimeSeconds', {
    from: 60,
    to: 604_800,
    default: DEFAULT_TIMES.accessTokenLifetimeSeconds,
  });
  const intervalSeconds = seconds(options, 'intervalSeconds', {
    from: 60,
    to: 43_200,
    default: DEFAULT_TIMES.intervalSeconds,
  });
  const margin = lifetimeSeconds - intervalSeconds - LATEST_SUCCESSOR_SECONDS;
  if (margin < 1) {
    const rule = `is more than intervalSeconds (${intervalSeconds}) + ${LATEST_SUCCESSOR_SECONDS}`;
    fail('lifetimeSeconds', rule, lifetimeSeconds);
  }
  const byDefault = Math.min(DEFAULT_MAX_AGE_SECONDS, margin);
  return {
    lifetimeSeconds,
    maxAgeSeconds: seconds(options, 'maxAgeSeconds', { from: 1, to: margin, default: byDefault }),
    pollSeconds: seconds(options, 'pollSeconds', { from: 1, to: 60, default: 1 }),
    readTimeoutSeconds: seconds(options, 'readTimeoutSeconds', { from: 0.1, to: 60, default: 5 }),
    waitSeconds: seconds(refreshRequests ?? {}, 'waitSeconds', { from: 1, to: 120, default: 20 }),
  };
}

const KEYS: Readonly<Record<keyof TokenClientOptions, true>> = {
  environment: true,
  token: true,
  parameterArn: true,
  maxAgeSeconds: true,
  lifetimeSeconds: true,
  intervalSeconds: true,
  pollSeconds: true,
  readTimeoutSeconds: true,
  renewAhead: true,
  refreshRequests: true,
  header: true,
  fetch: true,
  onEvent: true,
  clock: true,
  ssm: true,
  ssmConfig: true,
};

const REFRESH_REQUEST_KEYS: Readonly<Record<keyof RefreshRequestOptions, true>> = {
  queueUrl: true,
  waitSeconds: true,
  sqs: true,
  sqsConfig: true,
};

function checkRefreshRequests(options: RefreshRequestOptions): void {
  checkKeys(options, REFRESH_REQUEST_KEYS, 'refreshRequests.');
  if (!/^https?:\/\/\S+\.fifo$/.test(options.queueUrl)) {
    fail('refreshRequests.queueUrl', 'is the URL of a FIFO queue', options.queueUrl);
  }
  checkNotBoth(options, ['sqs', 'sqsConfig']);
}

const HEADER_KEYS: Readonly<Record<keyof TokenHeader, true>> = { name: true, scheme: true };

/** RFC 9110, section 5.1: names of fields. */
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;

/** Set by the connection, or with another meaning. */
const OTHER_HEADERS = /^(host|connection|content-.*|transfer-encoding|cookie|expect|te|trailer|upgrade)$/i;

function checkHeader(header: TokenHeader): void {
  checkKeys(header, HEADER_KEYS, 'header.');
  const { name, scheme } = header;
  if (typeof name !== 'string' || !HEADER_NAME.test(name) || OTHER_HEADERS.test(name))
    fail('header.name', 'is the name of an HTTP header for a token', name);
  if (typeof scheme !== 'string' || !/^[\x21-\x7e]*$/.test(scheme))
    fail('header.scheme', 'is visible ASCII, or empty', scheme);
}

function checkKeys(options: object, known: object, prefix: string): void {
  for (const key of Object.keys(options)) {
    if (!Object.hasOwn(known, key))
      throw new TokenError('InvalidOption', `there is no option ${prefix}${key}`);
  }
}

function checkName(option: string, value: unknown, pattern: RegExp): void {
  if (typeof value !== 'string' || !pattern.test(value)) fail(option, `matches ${pattern.source}`, value);
}

function checkNotBoth<Options extends object>(
  options: Options,
  pair: readonly (keyof Options & string)[],
): void {
  if (pair.every((key) => options[key] !== undefined)) {
    throw new TokenError('InvalidOption', `give ${pair.join(' or ')}, not both`);
  }
}

interface Range {
  readonly from: number;
  readonly to: number;
  readonly default: number;
}

function seconds<Option extends string>(
  options: { readonly [Key in Option]?: unknown },
  option: Option,
  range: Range,
): number {
  const value = options[option] ?? range.default;
  if (typeof value === 'number' && value >= range.from && value <= range.to) return value;
  return fail(option, `is a number from ${range.from} to ${range.to}`, value);
}

function fail(option: string, rule: string, value: unknown): never {
  throw new TokenError('InvalidOption', `${option} ${rule}, got ${JSON.stringify(value)}`);
}
