import { Duration } from 'aws-cdk-lib';
import { TOKEN_NAME, TOKEN_NAME_MAX_LENGTH } from '../../contract/names.ts';
import { DAY, DEFAULT_TIMES, HOUR, MINUTE, SECOND } from '../../contract/times.ts';
import { defaultTokenApi, type TokenApiSettings } from '../../contract/token-api.ts';
import { arn, type Place } from './arn.ts';
import { baseUrl } from './base-url.ts';
import { checkTimes, type Load, shortestIntervalMinutes } from './margin.ts';
import {
  type Complete,
  type Fields,
  fieldsOf,
  isObject,
  isParsed,
  optional,
  type Parser,
  peek,
  type Table,
  whole,
  withDefault,
} from './parser.ts';
import { REFUSED, type Refused, SettingPath } from './setting-error.ts';
import type { NamedTokenProps } from './settings.ts';
import { show } from './show.ts';
import { leastStaleMinutes, MOST_WINDOW_MINUTES } from './stale-window.ts';
import { type ParsedTokenApi, tokenApi } from './token-api/read.ts';
import { duration, flag, text } from './values.ts';

/** Validated settings of a token, with defaults. */
export interface ParsedToken
  extends Complete<
    Omit<NamedTokenProps, 'baseUrl' | 'api'>,
    'surviveOutage' | 'credentialsSecretArn' | 'credentialsKeyArn'
  > {
  readonly api: TokenApiSettings;
  /** A token younger than this is not replaced. Absent: the function's own limit. */
  readonly minimumGap?: Duration | undefined;
}

/** Before `baseUrl` and `api` become one. */
type Rows = Omit<ParsedToken, 'api' | 'minimumGap'> & {
  readonly baseUrl?: string | undefined;
  readonly api?: ParsedTokenApi | undefined;
};

/** The CDK keeps a construct's children in a plain object, which has this member already. */
const NO_ID = 'constructor';

const kebabCase = text(
  `must be kebab-case (lower-case letters, digits, single hyphens), at most ${TOKEN_NAME_MAX_LENGTH} characters`,
  (name) => name.length <= TOKEN_NAME_MAX_LENGTH && TOKEN_NAME.test(name),
);

export const tokenName: Parser<string> = (name, path) =>
  name === NO_ID
    ? path.refuse('must be another one: the CDK cannot use it as the id of a construct', show(name))
    : kebabCase(name, path);

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

/** A token that has an existing secret. */
export interface Adopter {
  /** For an error. */
  readonly token: string;
  /** Undefined: it is refused. */
  readonly environment: string | undefined;
  readonly isAccount: boolean;
}

/** What of its environment a token's rules depend on. */
export interface TokenContext extends Load {
  readonly path: SettingPath;
  readonly name: string | Refused;
  readonly place: Place;
  /** As in the settings of an environment. */
  readonly keyArn?: string | Refused;
  /** Which token has an existing secret, by its ARN. */
  readonly adopters: Map<string, Adopter>;
}

const { intervalSeconds, accessTokenLifetimeSeconds, refreshTokenLifetimeSeconds } = DEFAULT_TIMES;

function tableOf({ path, place, local }: TokenContext, written: Written): Table<Rows> {
  const least = shortestIntervalMinutes(local);
  const range = `from ${show(Duration.minutes(least))} to 12 hours`;
  const api = tokenApi({
    baseUrl: optional(baseUrl(local))(written.baseUrl, new SettingPath()),
    certificatesInCredentials: written.certificatesInCredentials === true,
    local,
  });
  const usual = peek(api, written.api);
  const interval = withDefault(
    wholeMinutes({ least, most: (12 * HOUR) / MINUTE, range }),
    usual?.interval ?? Duration.seconds(intervalSeconds),
  );
  // If the interval is refused, assume the shortest valid one.
  const stale = leastStaleMinutes(peek(interval, written.interval) ?? Duration.minutes(least));
  return {
    baseUrl: written.api === undefined ? baseUrl(local) : optional(baseUrl(local)),
    api,
    interval,
    accessTokenLifetime: withDefault(
      wholeSeconds,
      usual?.accessTokenLifetime ?? Duration.seconds(accessTokenLifetimeSeconds),
    ),
    refreshTokenLifetime: withDefault(
      wholeSeconds,
      usual?.refreshTokenLifetime ?? Duration.seconds(refreshTokenLifetimeSeconds),
    ),
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
  // Read once.
  const written: Written = isObject(token) ? { ...token } : {};
  const path = context.path.of('token', written.name, index);
  const fields = isParsed<ParsedToken>(token)
    ? token
    : describedBy(fieldsOf(tableOf(context, written), isObject(token) ? written : token, path), path);
  if (written.credentialsKeyArn !== undefined && written.credentialsSecretArn === undefined) {
    const received = show(written.credentialsKeyArn);
    path.to('credentialsKeyArn').refuse('goes with credentialsSecretArn only', received);
  }
  const { name, credentialsSecretArn } = fields;
  if (credentialsSecretArn) {
    const other = context.adopters.get(credentialsSecretArn);
    const isAccount = fields.api === REFUSED || fields.api.as === 'account';
    const environment = context.name || undefined;
    const mayShare = !isAccount && other?.isAccount === false && other.environment === environment;
    const rule =
      `must be a secret of this token's own, ${other?.token} has it already: only clients of one environment may share one, ` +
      "since logins to one account would lock it twice as fast, and end each other's sessions";
    if (other !== undefined && !mayShare)
      path.to('credentialsSecretArn').refuse(rule, show(credentialsSecretArn));
    const adopter = name && environment ? `token ${show(name)} of ${show(environment)}` : 'another token';
    context.adopters.set(credentialsSecretArn, { token: adopter, environment, isAccount });
  }
  checkTimes(path, fields, context);
  checkGap(path, fields);
  return whole(fields);
}

/** The description of the token API: the written one, or the default for `baseUrl`. */
function describedBy({ baseUrl, api, ...fields }: Fields<Rows>, path: SettingPath): Fields<ParsedToken> {
  const { certificatesInCredentials: certificates } = fields;
  if (api === REFUSED || baseUrl === REFUSED || certificates === REFUSED) return { ...fields, api: REFUSED };
  if (api === undefined) return { ...fields, api: defaultTokenApi(baseUrl ?? '', { certificates }) };
  const { minimumGap } = api;
  if (baseUrl !== undefined && !api.isBelowBaseUrl) {
    path.to('baseUrl').refuse('goes without an api whose URLs are absolute', show(baseUrl));
  }
  return { ...fields, api: api.api, ...(minimumGap !== undefined && { minimumGap }) };
}

function checkGap(path: SettingPath, { interval, minimumGap }: Fields<ParsedToken>): void {
  if (!minimumGap || interval === REFUSED || minimumGap.toSeconds() <= interval.toSeconds()) return;
  const rule = `must be at least ${show(minimumGap)}, since the token API grants tokens no more often`;
  path.to('interval').refuse(rule, show(interval));
}
