import { Duration } from 'aws-cdk-lib';
import { TOKEN_NAME, TOKEN_NAME_MAX_LENGTH } from '../../contract/names.ts';
import { DAY, DEFAULT_TIMES, HOUR, MINUTE, SECOND } from '../../contract/times.ts';
import { arn, type Place } from './arn.ts';
import { baseUrl } from './base-url.ts';
import { checkTimes, type Load, shortestInterval } from './margin.ts';
import {
  type Complete,
  duration,
  fieldsOf,
  flag,
  isObject,
  isParsed,
  optional,
  peek,
  type Table,
  text,
  whole,
  withDefault,
} from './parser.ts';
import type { Refused, SettingPath } from './setting-error.ts';
import type { NamedTokenProps } from './settings.ts';
import { show } from './show.ts';
import { leastStaleMinutes, MOST_WINDOW_MINUTES } from './stale-window.ts';

/** A token whose settings are good, with the defaults. Its base URL has no trailing slash. */
export type ParsedToken = Complete<
  NamedTokenProps,
  'surviveOutage' | 'credentialsSecretArn' | 'credentialsKeyArn'
>;

export const tokenName = text(
  `must be kebab-case (lower-case letters, digits, single hyphens), at most ${TOKEN_NAME_MAX_LENGTH} characters`,
  (name) => name.length <= TOKEN_NAME_MAX_LENGTH && TOKEN_NAME.test(name),
);

const intervalFrom = (least: number) =>
  duration({
    step: MINUTE,
    least,
    most: 12 * HOUR,
    rule: `must be whole minutes, from ${show(Duration.millis(least))} to 12 hours`,
  });

const wholeSeconds = duration({ step: SECOND, rule: 'must be a whole number of seconds, at least one' });

const wholeDays = duration({ step: DAY, rule: 'must be whole days, at least one' });

const staleAfterFrom = (least: number) =>
  duration({
    step: MINUTE,
    least: least * MINUTE,
    most: MOST_WINDOW_MINUTES * MINUTE,
    rule: `must be whole minutes, from ${least} (the interval, and what may delay a healthy refresh) to ${MOST_WINDOW_MINUTES}`,
  });

/** What of its environment a token's rules depend on. */
export interface TokenContext extends Load {
  readonly path: SettingPath;
  readonly name: string | Refused;
  readonly place: Place;
  /** Which token has an existing secret, by its ARN. */
  readonly adopters: Map<string, string>;
}

const { intervalSeconds, accessTokenLifetimeSeconds, refreshTokenLifetimeSeconds } = DEFAULT_TIMES;

function tableOf({ path, place, local }: TokenContext, written: unknown): Table<ParsedToken> {
  const least = shortestInterval(local);
  const interval = withDefault(intervalFrom(least), Duration.seconds(intervalSeconds));
  // Of a refused interval nothing is known but that a good one is no shorter.
  const known = peek(interval, isObject(written) ? written.interval : undefined) ?? Duration.millis(least);
  const leastStale = leastStaleMinutes(known);
  return {
    baseUrl: baseUrl(local),
    interval,
    accessTokenLifetime: withDefault(wholeSeconds, Duration.seconds(accessTokenLifetimeSeconds)),
    refreshTokenLifetime: withDefault(wholeSeconds, Duration.seconds(refreshTokenLifetimeSeconds)),
    surviveOutage: optional(wholeSeconds),
    staleAfter: withDefault(staleAfterFrom(leastStale), Duration.minutes(leastStale)),
    credentialsMaxAge: withDefault(wholeDays, Duration.days(90)),
    certificatesInCredentials: withDefault(flag, false),
    readerPolicy: withDefault(flag, false),
    credentialsSecretArn: optional(arn('secret', place)),
    credentialsKeyArn: optional(arn('key', place)),
    name: (name) => tokenName(name, path.to('name of a token')),
  };
}

/** @param index its place in the list of tokens. */
export function readToken(written: unknown, index: number, context: TokenContext): ParsedToken | Refused {
  const path = context.path.of('token', isObject(written) ? written.name : undefined, index);
  const fields = isParsed<ParsedToken>(written)
    ? written
    : fieldsOf(tableOf(context, written), written, path);
  const { name, credentialsSecretArn, credentialsKeyArn } = fields;
  if (credentialsKeyArn && credentialsSecretArn === undefined) {
    path.to('credentialsKeyArn').refuse('goes with credentialsSecretArn only', show(credentialsKeyArn));
  }
  if (credentialsSecretArn) checkAdoptedOnce(path, { name, credentialsSecretArn }, context);
  checkTimes(path, fields, context);
  return whole(fields);
}

/** Two tokens with one set of credentials would lock its account twice as fast, and end each other's sessions. */
function checkAdoptedOnce(
  path: SettingPath,
  { name, credentialsSecretArn: arn }: { name: string | Refused; credentialsSecretArn: string },
  { name: environment, adopters }: TokenContext,
): void {
  const other = adopters.get(arn);
  if (other !== undefined) {
    const rule = `must be a secret of this token's own, ${other} has it already`;
    path.to('credentialsSecretArn').refuse(rule, show(arn));
  }
  adopters.set(arn, `token ${show(name)} of ${show(environment)}`);
}
