import { ENVIRONMENT_NAME } from '../../contract/names.ts';
import { arn, type Place } from './arn.ts';
import { monitoring, type ParsedMonitoring } from './monitoring.ts';
import { network } from './network.ts';
import {
  type Complete,
  either,
  fieldsOf,
  isObject,
  optional,
  peek,
  type Table,
  whole,
  withDefault,
} from './parser.ts';
import type { Refused, SettingPath } from './setting-error.ts';
import { AWS_MANAGED, type EnvironmentSettings, type RefresherSettings } from './settings.ts';
import { show } from './show.ts';
import type { Adopter, ParsedToken } from './token.ts';
import { readTokens } from './tokens.ts';
import { flag, list, text } from './values.ts';

/** The account of a local AWS; no real one has it. */
const LOCAL_ACCOUNT = '000000000000';

/** What the environments file and a construct's props have in common, with the defaults. */
export interface ParsedSettings
  extends Complete<Omit<RefresherSettings, 'monitoring'>, 'alarmEmail' | 'network'> {
  readonly monitoring: ParsedMonitoring;
}

type OfEnvironment = Omit<EnvironmentSettings, keyof RefresherSettings | 'tokens'>;

/** Validated settings of an environment, with defaults. */
export interface ParsedEnvironment extends ParsedSettings, OfEnvironment {
  /** Where its stack goes. */
  readonly place: Place;
  readonly local: boolean;
  readonly tokens: readonly ParsedToken[];
}

export const environmentName = text(
  'must be lower-case letters and digits, a letter first, at most 16 characters',
  (name) => ENVIRONMENT_NAME.test(name),
);

const account = optional(text('must be 12 digits, in quotes', (digits) => /^\d{12}$/.test(digits)));

const region = optional(
  text('must be a Region such as "eu-central-1"', (name) => /^[a-z]{2,4}(-[a-z]+)+-\d$/.test(name)),
);

export const SHARED: Table<ParsedSettings> = {
  alarmEmail: optional(
    text('must be an e-mail address', (address) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(address)),
  ),
  monitoring: withDefault(monitoring, {}),
  network: optional(network),
  consumerRequests: withDefault(flag, true),
  production: withDefault(flag, false),
  higherThroughput: withDefault(flag, false),
};

const tableOf = (
  place: Place,
  root: SettingPath,
): Table<ParsedSettings & OfEnvironment & { readonly tokens: readonly unknown[] }> => ({
  name: (name) => environmentName(name, root.to('name of an environment')),
  account,
  region,
  ...SHARED,
  alarmTopicArn: optional(arn('topic', place)),
  alarmKeyArn: optional(arn('key', place)),
  keyArn: optional(either(AWS_MANAGED, arn('key', place))),
  tokens: list,
});

export interface EnvironmentContext {
  readonly root: SettingPath;
  /** Which token has an existing secret, by its ARN. */
  readonly adopters: Map<string, Adopter>;
  /** Its place in the list of environments. */
  readonly index: number;
  readonly local?: unknown;
  /** Where the stack goes unless the settings say it. */
  readonly place?: Place;
}

export function readEnvironment(settings: unknown, context: EnvironmentContext): ParsedEnvironment | Refused {
  const { root, adopters } = context;
  const written = isObject(settings) ? settings : {};
  const path = root.of('environment', written.name, context.index);
  const place = {
    account: peek(account, written.account) ?? context.place?.account,
    region: peek(region, written.region) ?? context.place?.region,
  };
  const fields = fieldsOf(tableOf(place, root), settings, path);
  const local = parseLocal(context.local, path.to('local'), place);
  if (written.alarmTopicArn !== undefined && written.alarmKeyArn !== undefined) {
    path.to('alarmKeyArn').refuse('goes without alarmTopicArn: that topic has its own encryption', 'both');
  }
  if (written.alarmTopicArn !== undefined && written.alarmEmail !== undefined) {
    path.to('alarmTopicArn').refuse('goes without alarmEmail: subscribe the address to that topic', 'both');
  }
  const tokens =
    fields.tokens && readTokens(fields.tokens, { ...fields, path, place, local: local === true, adopters });
  return whole<ParsedEnvironment>({ ...fields, place, local, tokens });
}

/** `local` relaxes rules for a local AWS, so it is refused for any other account. Used by both entry points. */
export function parseLocal(value: unknown, path: SettingPath, { account }: Place): boolean | Refused {
  const local = withDefault(flag, false)(value, path);
  if (local !== true || account === LOCAL_ACCOUNT) return local;
  const rule = `is for a local AWS, in a stack whose account is ${LOCAL_ACCOUNT}`;
  return path.refuse(rule, `account ${show(account)}`);
}
