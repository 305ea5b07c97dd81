import { Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { checkNetwork } from '../functions/network.ts';
import type { TokenRefresherProps } from '../token-refresher.ts';
import { checkAlarmEmail, checkEnvironmentName } from './check-environments.ts';
import type { TokenPlace } from './check-token.ts';
import { checkFlag, checkKeys, SettingError, show } from './setting-error.ts';

/** The account of a local AWS; no real one has it. */
const LOCAL_ACCOUNT = '000000000000';

const KEYS: Readonly<Record<keyof TokenRefresherProps, true>> = {
  environment: true,
  alarmTopic: true,
  alarmEmail: true,
  alarmKey: true,
  monitoring: true,
  key: true,
  network: true,
  consumerRequests: true,
  production: true,
  higherThroughput: true,
  logRetention: true,
  local: true,
};

/**
 * Checks what a refresher is made with.
 *
 * @returns where its tokens will be.
 * @throws SettingError
 */
export function checkRefresher(scope: Construct, props: TokenRefresherProps): TokenPlace {
  const { environment, local = false } = props;
  checkEnvironmentName(environment);
  checkKeys({ environment }, props, KEYS);
  for (const setting of ['production', 'consumerRequests', 'higherThroughput', 'local'] as const) {
    checkFlag({ environment, setting }, props[setting]);
  }
  checkAlarmEmail(environment, props.alarmEmail);
  checkNetwork(environment, props.network);
  if (props.alarmTopic !== undefined && props.alarmEmail !== undefined) {
    throw new SettingError({ environment, setting: 'alarmEmail' }, 'goes without alarmTopic', 'both');
  }
  if (props.alarmTopic !== undefined && props.alarmKey !== undefined) {
    throw new SettingError({ environment, setting: 'alarmKey' }, 'goes without alarmTopic', 'both');
  }
  const { account, region } = Stack.of(scope);
  if (local && account !== LOCAL_ACCOUNT) {
    const rule = `is for a local AWS, in a stack whose account is ${LOCAL_ACCOUNT}`;
    throw new SettingError({ environment, setting: 'local' }, rule, `account ${show(known(account))}`);
  }
  return { environment, local, account: known(account), region: known(region) };
}

const known = (value: string): string | undefined => (Token.isUnresolved(value) ? undefined : value);
