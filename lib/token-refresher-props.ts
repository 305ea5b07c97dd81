import { Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { keyBehind } from './environment-key.ts';
import { knownPlace } from './settings/arn.ts';
import {
  environmentName,
  type ParsedEnvironment,
  type ParsedSettings,
  parseLocal,
  SHARED,
} from './settings/environment.ts';
import { fieldsOf, isParsed, skipped, type Table, whole } from './settings/parser.ts';
import { SettingPath } from './settings/setting-error.ts';
import type { AWS_MANAGED, RefresherSettings } from './settings/settings.ts';

export interface TokenRefresherProps extends RefresherSettings {
  /** Name of the environment: lower-case letters and digits, at most 16. One per account and Region. */
  readonly environment: string;
  /** Topic that alarms go to, instead of `alarmEmail`; its policy must admit CloudWatch. Default: one of this construct's own. */
  readonly alarmTopic?: ITopic;
  /** Encrypts this construct's own topic; not together with `alarmTopic`. Default: it is not encrypted. */
  readonly alarmKey?: IKey;
  /**
   * Encrypts parameters and credentials: an existing customer managed key, which gets the environment's alias, or
   * `aws-managed` for the keys of Parameter Store and Secrets Manager. Default: a key of this construct's own, rotated.
   */
  readonly key?: IKey | typeof AWS_MANAGED;
  /**
   * Keeps credentials, key and logs when a token or the stack is removed. Protecting the stack is up to the stack:
   * synthesis warns without its `terminationProtection`. Default: false, they go too.
   */
  readonly production?: boolean;
  /** How long the function's log is kept. Default: 3 months. */
  readonly logRetention?: RetentionDays;
  /**
   * For the local run: allows an interval of one minute, and plain http on loopback. Refused unless the stack's account
   * is `000000000000`, that of a local AWS. Default: false.
   */
  readonly local?: boolean;
}

type Others = Record<Exclude<keyof TokenRefresherProps, keyof RefresherSettings>, undefined>;

const TABLE: Table<ParsedSettings & Others> = {
  ...SHARED,
  environment: skipped,
  alarmTopic: skipped,
  alarmKey: skipped,
  key: skipped,
  logRetention: skipped,
  local: skipped,
};

/**
 * Parses the settings among the properties. Those of `TokenRefresherStack` are parsed already.
 *
 * @throws SettingError that tells all mistakes.
 */
export function parseTokenRefresherProps(scope: Construct, props: TokenRefresherProps): ParsedEnvironment {
  if (isParsed<ParsedEnvironment>(props)) return props;
  const { environment, alarmTopic, alarmEmail, alarmKey, key } = props;
  const root = new SettingPath();
  const path = root.of('environment', environment);
  const fields = fieldsOf(TABLE, props, path);
  if (alarmTopic !== undefined && alarmEmail !== undefined) {
    path.to('alarmEmail').refuse('goes without alarmTopic', 'both');
  }
  if (alarmTopic !== undefined && alarmKey !== undefined) {
    path.to('alarmKey').refuse('goes without alarmTopic', 'both');
  }
  const targetKey = typeof key === 'object' ? keyBehind(key) : key;
  if (key !== undefined && targetKey === undefined) {
    path
      .to('key')
      .refuse('must be a key, or an alias that knows its key', 'an alias that was found by its name');
  }
  const place = knownPlace(Stack.of(scope));
  const keyArn = typeof targetKey === 'object' ? targetKey.keyArn : targetKey;
  return root.accept(
    whole<ParsedEnvironment>({
      ...fields,
      place,
      name: environmentName(environment, root.to('name of an environment')),
      local: parseLocal(props.local, path.to('local'), place),
      ...(keyArn !== undefined && { keyArn }),
      tokens: [],
    }),
  );
}
