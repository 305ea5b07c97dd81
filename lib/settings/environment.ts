import { arn, knownPlace, type Place } from './arn.ts';
import { monitoring, type ParsedMonitoring } from './monitoring.ts';
import { parseEnvironmentName } from './names.ts';
import { network } from './network.ts';
import {
  either,
  fieldsOf,
  flag,
  isObject,
  list,
  optional,
  peek,
  skipped,
  type Table,
  text,
  whole,
  withDefault,
} from './parser.ts';
import { REFUSED, type Refused, type SettingPath } from './setting-path.ts';
import { AWS_MANAGED, type EnvironmentSettings } from './settings.ts';
import { show } from './show.ts';
import { type ParsedToken, readToken } from './token.ts';
import { checkTokens, type TokensOfEnvironment } from './tokens.ts';

/** The account of a local AWS; no real one has it. */
const LOCAL_ACCOUNT = '000000000000';

type Optional = 'account' | 'region' | 'alarmEmail' | 'alarmTopicArn' | 'alarmKeyArn' | 'keyArn' | 'network';

/** Tells settings that were parsed from such as somebody wrote: they have the same shape. */
export const PARSED = Symbol('parsed');

/** An environment whose settings are good, with the defaults. */
export interface ParsedEnvironment
  extends Required<Omit<EnvironmentSettings, Optional>>,
    Pick<EnvironmentSettings, Optional> {
  readonly [PARSED]: true;
  readonly local: boolean;
  readonly monitoring: ParsedMonitoring;
  readonly tokens: readonly ParsedToken[];
}

export const isParsed = (settings: object): settings is ParsedEnvironment => PARSED in settings;

const account = optional(text('must be 12 digits, in quotes', (digits) => /^\d{12}$/.test(digits)));

const region = optional(
  text('must be a Region such as "eu-central-1"', (name) => /^[a-z]{2,4}(-[a-z]+)+-\d$/.test(name)),
);

/** What the environments file and the props of the construct have in common. */
export const SHARED = {
  alarmEmail: optional(
    text('must be an e-mail address', (address) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(address)),
  ),
  monitoring: withDefault(monitoring, {}),
  network: optional(network),
  consumerRequests: withDefault(flag, true),
  production: withDefault(flag, false),
  higherThroughput: withDefault(flag, false),
};

const tableOf = (place: Place) =>
  ({
    name: skipped,
    account,
    region,
    ...SHARED,
    alarmTopicArn: optional(arn('topic', place)),
    alarmKeyArn: optional(arn('key', place)),
    keyArn: optional(either(AWS_MANAGED, arn('key', place))),
    tokens: list,
  }) satisfies Table<EnvironmentSettings>;

interface ReadEnvironment extends TokensOfEnvironment {
  readonly parsed: ParsedEnvironment | Refused;
}

interface WrittenEnvironment {
  readonly settings: unknown;
  /** What it is called if its name is no text. */
  readonly label: string;
  /** Default: false. */
  readonly local?: unknown;
  /** Where the stack goes unless the settings say it. */
  readonly place?: Place;
}

/** As far as it is good. */
export function readEnvironment(root: SettingPath, written: WrittenEnvironment): ReadEnvironment {
  const settings = isObject(written.settings) ? written.settings : {};
  const path =
    typeof settings.name === 'string' ? root.of('environment', settings.name) : root.within(written.label);
  const place = knownPlace({
    account: peek(account, settings.account) ?? written.place?.account,
    region: peek(region, settings.region) ?? written.place?.region,
  });
  const fields = fieldsOf(tableOf(place), written.settings, path);
  const name = isObject(written.settings) ? parseEnvironmentName(settings.name, root) : REFUSED;
  const local = parseLocal(written.local, path.to('local'), place);
  checkAlarmReceiver(settings, path);
  const list = fields.tokens === REFUSED ? [] : fields.tokens;
  const tokens = list.map((token, index) =>
    readToken(path, { ...named(token), index }, { ...place, local: local === true }),
  );
  const read = { ...fields, path, name, local: local === true, tokens };
  if (fields.tokens !== REFUSED) checkTokens(read);
  const parts = whole(tokens.map(({ parts }) => whole(parts)));
  return {
    ...read,
    parsed: whole({ ...fields, ...place, [PARSED]: true as const, name, local, tokens: parts }),
  };
}

const named = (token: unknown) => {
  if (!isObject(token)) return { name: undefined, props: token };
  const { name, ...props } = token;
  return { name, props };
};

function checkAlarmReceiver(
  { alarmEmail, alarmTopicArn, alarmKeyArn }: Readonly<Record<string, unknown>>,
  path: SettingPath,
) {
  if (alarmTopicArn === undefined) return;
  if (alarmKeyArn !== undefined) {
    path.to('alarmKeyArn').refuse('goes without alarmTopicArn: that topic has its own encryption', 'both');
  }
  if (alarmEmail !== undefined) {
    path.to('alarmTopicArn').refuse('goes without alarmEmail: subscribe the address to that topic', 'both');
  }
}

export function parseLocal(value: unknown, path: SettingPath, { account }: Place): boolean | Refused {
  const local = withDefault(flag, false)(value, path);
  if (local !== true || account === LOCAL_ACCOUNT) return local;
  const rule = `is for a local AWS, in a stack whose account is ${LOCAL_ACCOUNT}`;
  return path.refuse(rule, `account ${show(account)}`);
}
