import { Duration } from 'aws-cdk-lib';
import { DAY, DEFAULT_TIMES, MINUTE, SECOND } from '../../contract/times.ts';
import { arn, type Place } from './arn.ts';
import { baseUrl } from './base-url.ts';
import { parseTokenName } from './names.ts';
import { duration, fieldsOf, flag, isObject, optional, peek, type Table, withDefault } from './parser.ts';
import { REFUSED, type Refused, type SettingPath } from './setting-path.ts';
import type { NamedTokenProps, TokenProps } from './settings.ts';
import { show } from './show.ts';
import { leastStaleMinutes, MOST_WINDOW_MINUTES } from './stale-window.ts';

type Optional = 'surviveOutage' | 'credentialsSecretArn' | 'credentialsKeyArn';

/** A token whose settings are good, with the defaults. Its base URL has no trailing slash. */
export interface ParsedToken
  extends Required<Omit<NamedTokenProps, Optional>>,
    Pick<NamedTokenProps, Optional> {}

/** A token as far as it is good, for the rules that need no more than some of its settings. */
export type TokenParts = { readonly [Key in keyof ParsedToken]: ParsedToken[Key] | Refused };

export interface TokenPlace extends Place {
  /** Allows what only the local run may use: an interval of one minute, and plain http on loopback. */
  readonly local: boolean;
}

/** In milliseconds. EventBridge Scheduler's rate() takes whole minutes. */
export const shortestInterval = (local: boolean): number => (local ? MINUTE : 2 * MINUTE);

const intervalOf = (local: boolean) => {
  const [least, most] = [Duration.millis(shortestInterval(local)), Duration.hours(12)];
  return withDefault(
    duration({
      step: MINUTE,
      least: least.toMilliseconds(),
      most: most.toMilliseconds(),
      rule: `must be whole minutes, from ${show(least)} to ${show(most)}`,
    }),
    Duration.seconds(DEFAULT_TIMES.intervalSeconds),
  );
};

const wholeSeconds = duration({ step: SECOND, rule: 'must be a whole number of seconds, at least one' });

const wholeDays = duration({ step: DAY, rule: 'must be whole days, at least one' });

const staleAfterOf = (interval: Duration) => {
  const [least, most] = [leastStaleMinutes(interval), MOST_WINDOW_MINUTES];
  const rule = `must be whole minutes, from ${least} (the interval, and what may delay a healthy refresh) to ${most}`;
  return withDefault(
    duration({ step: MINUTE, least: least * MINUTE, most: most * MINUTE, rule }),
    Duration.minutes(least),
  );
};

const tableOf = (place: TokenPlace, written: { readonly interval?: unknown }) => {
  const interval = intervalOf(place.local);
  // Of a refused interval nothing is known but that a good one is no shorter.
  const known = peek(interval, written.interval) ?? Duration.millis(shortestInterval(place.local));
  return {
    baseUrl: baseUrl(place.local),
    interval,
    accessTokenLifetime: withDefault(
      wholeSeconds,
      Duration.seconds(DEFAULT_TIMES.accessTokenLifetimeSeconds),
    ),
    refreshTokenLifetime: withDefault(
      wholeSeconds,
      Duration.seconds(DEFAULT_TIMES.refreshTokenLifetimeSeconds),
    ),
    surviveOutage: optional(wholeSeconds),
    staleAfter: staleAfterOf(known),
    credentialsMaxAge: withDefault(wholeDays, Duration.days(90)),
    certificatesInCredentials: withDefault(flag, false),
    readerPolicy: withDefault(flag, false),
    credentialsSecretArn: optional(arn('secret', place)),
    credentialsKeyArn: optional(arn('key', place)),
  } satisfies Table<TokenProps>;
};

export interface WrittenToken {
  readonly name: unknown;
  readonly props: unknown;
  /** Its place in the list of tokens: what it is called if its name is no text. */
  readonly index: number;
}

export interface ReadToken {
  readonly path: SettingPath;
  readonly parts: TokenParts;
}

/** What concerns several tokens is checked elsewhere. @param environment its path. */
export function readToken(
  environment: SettingPath,
  { name: writtenName, props, index }: WrittenToken,
  place: TokenPlace,
): ReadToken {
  const path =
    typeof writtenName === 'string'
      ? environment.of('token', writtenName)
      : environment.within(`tokens[${index}]`);
  const written = isObject(props) ? props : {};
  const fields = fieldsOf(tableOf(place, written), props, path);
  const name = isObject(props) ? parseTokenName(writtenName, environment) : REFUSED;
  const { credentialsSecretArn, credentialsKeyArn } = written;
  if (credentialsKeyArn !== undefined && credentialsSecretArn === undefined) {
    path.to('credentialsKeyArn').refuse('goes with credentialsSecretArn only', show(credentialsKeyArn));
  }
  return { path, parts: { ...fields, name } };
}
