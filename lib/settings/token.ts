import { Duration } from 'aws-cdk-lib';
import { TOKEN_NAME, TOKEN_NAME_MAX_LENGTH } from '../../contract/names.ts';
import { DAY, DEFAULT_TIMES, HOUR, MINUTE, SECOND } from '../../contract/times.ts';
import { arn, type Place } from './arn.ts';
import { baseUrl } from './base-url.ts';
import { checkTimes, type Load, shortestIntervalMinutes } from './margin.ts';
import {
  type Complete,
  fieldsOf,
  isObject,
  isParsed,
  optional,
  peek,
  type Table,
  whole,
  withDefault,
} from './parser.ts';
import type { Refused, SettingPath } from './setting-error.ts';
import type { NamedTokenProps } from './settings.ts';
import { show } from './show.ts';
import { leastStaleMinutes, MOST_WINDOW_MINUTES } from './stale-window.ts';
import { duration, flag, text } from './values.ts';

/** A token whose settings are good, with the defaults. Its base URL has no trailing slash. */
export type ParsedToken = Complete<
  NamedTokenProps,
  'surviveOutage' | 'credentialsSecretArn' | 'credentialsKeyArn'
>;

export const tokenName = text(
  `must be kebab-case (lower-case letters, digits, single hyphens), at most ${TOKEN_NAME_MAX_LENGTH} characters`,
  (name) => name.length <= TOKEN_NAME_MAX_LENGTH && TOKEN_NAME.test(name),
);

const wholeMinutes = ({ least, most, range }: { least: number; most: number; range: string }) =>
  duration({
    step: MINUTE,
    least: least * MINUTE,
    most: most * MINUTE,
    rule: `must be whole minutes, ${range}`,
  });

const staleAfterFrom = (least: number) => {
  const range = `from ${least} (the interval, and what may delay a healthy refresh) to ${MOST_WINDOW_MINUTES}`;
  return wholeMinutes({ least, most: MOST_WINDOW_MINUTES, range });
};

const wholeSeconds = duration({ step: SECOND, rule: 'must be a whole number of seconds, at least one' });

const wholeDays = duration({ step: DAY, rule: 'must be whole days, at least one' });

type Written = Readonly<Record<string, unknown>>;

/** What of its environment a token's rules depend on. */
export interface TokenContext extends Load {
  readonly path: SettingPath;
  readonly name: string | Refused;
  readonly place: Place;
  /** As in the settings of an environment. */
  readonly keyArn?: string | Refused;
  /** Which token has an existing secret, by its ARN. */
  readonly adopters: Map<string, string>;
}

const { intervalSeconds, accessTokenLifetimeSeconds, refreshTokenLifetimeSeconds } = DEFAULT_TIMES;

function tableOf({ path, place, local }: TokenContext, written: Written): Table<ParsedToken> {
  const least = shortestIntervalMinutes(local);
  const range = `from ${show(Duration.minutes(least))} to 12 hours`;
  const interval = withDefault(
    wholeMinutes({ least, most: (12 * HOUR) / MINUTE, range }),
    Duration.seconds(intervalSeconds),
  );
  // Of a refused interval nothing is known but that a good one is no shorter.
  const stale = leastStaleMinutes(peek(interval, written.interval) ?? Duration.minutes(least));
  return {
    baseUrl: baseUrl(local),
    interval,
    accessTokenLifetime: withDefault(wholeSeconds, Duration.seconds(accessTokenLifetimeSeconds)),
    refreshTokenLifetime: withDefault(wholeSeconds, Duration.seconds(refreshTokenLifetimeSeconds)),
    surviveOutage: optional(wholeSeconds),
    staleAfter: withDefault(staleAfterFrom(stale), Duration.minutes(stale)),
    credentialsMaxAge: withDefault(wholeDays, Duration.days(90)),
    certificatesInCredentials: withDefault(flag, false),
    readerPolicy: withDefault(flag, false),
    credentialsSecretArn: optional(arn('secret', place)),
    credentialsKeyArn: optional(arn('key', place)),
    name: (name) => tokenName(name, path.to('name of a token')),
  };
}

/** @param index its place in the list of tokens. */
export function readToken(token: unknown, index: number, context: TokenContext): ParsedToken | Refused {
  const written: Written = isObject(token) ? token : {};
  const path = context.path.of('token', written.name, index);
  const fields = isParsed<ParsedToken>(token) ? token : fieldsOf(tableOf(context, written), token, path);
  if (written.credentialsKeyArn !== undefined && written.credentialsSecretArn === undefined) {
    const received = show(written.credentialsKeyArn);
    path.to('credentialsKeyArn').refuse('goes with credentialsSecretArn only', received);
  }
  const { name, credentialsSecretArn } = fields;
  if (credentialsSecretArn) {
    // Two tokens with one set of credentials would lock its account twice as fast, and end each other's sessions.
    const other = context.adopters.get(credentialsSecretArn);
    const rule = `must be a secret of this token's own, ${other} has it already`;
    if (other !== undefined) path.to('credentialsSecretArn').refuse(rule, show(credentialsSecretArn));
    const adopter = name && context.name ? `token ${show(name)} of ${show(context.name)}` : 'another token';
    context.adopters.set(credentialsSecretArn, adopter);
  }
  checkTimes(path, fields, context);
  return whole(fields);
}
