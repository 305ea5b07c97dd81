import { ENVIRONMENT_NAME } from '../../contract/names.ts';
import { AWS_MANAGED } from '../environment-key.ts';
import { checkNetwork } from '../functions/network.ts';
import { checkArn } from './check-arn.ts';
import { checkMonitoring } from './check-monitoring.ts';
import { type CheckedToken, checkToken } from './check-token.ts';
import { type Adoption, checkAdoptedOnce, checkTokens } from './check-tokens.ts';
import { checkFlag, checkKeys, checkObject, SettingError, show } from './setting-error.ts';
import type { EnvironmentSettings } from './settings.ts';

const KEYS: Readonly<Record<keyof EnvironmentSettings, true>> = {
  name: true,
  account: true,
  region: true,
  alarmEmail: true,
  alarmTopicArn: true,
  alarmKeyArn: true,
  monitoring: true,
  keyArn: true,
  network: true,
  consumerRequests: true,
  production: true,
  higherThroughput: true,
  tokens: true,
};

/**
 * Checks the environments file as a whole, before any stack is made.
 *
 * @throws SettingError for the first setting that breaks a rule.
 */
export function checkEnvironments(environments: readonly EnvironmentSettings[]): void {
  if (!Array.isArray(environments) || environments.length === 0) {
    throw new SettingError(
      { setting: 'environments' },
      'must be a list of at least one environment',
      show(environments),
    );
  }
  const names = new Set<string>();
  const adoptions: Adoption[] = [];
  for (const [index, settings] of environments.entries()) {
    checkObject({ setting: `environments[${index}]` }, settings);
    const tokens = checkEnvironment(settings);
    if (names.has(settings.name)) {
      throw new SettingError(
        { setting: 'environments' },
        'must have different names',
        `${show(settings.name)} twice`,
      );
    }
    names.add(settings.name);
    adoptions.push(...tokens.map((token) => ({ environment: settings.name, token })));
  }
  checkAdoptedOnce(adoptions);
}

function checkEnvironment(settings: EnvironmentSettings): CheckedToken[] {
  const { name: environment, account, region, keyArn, higherThroughput = false } = settings;
  checkEnvironmentName(environment);
  checkKeys({ environment }, settings, KEYS);
  checkPlace(settings);
  checkAlarmReceiver(settings);
  checkKeySetting(settings);
  checkNetwork(environment, settings.network);
  checkFlag({ environment, setting: 'production' }, settings.production);
  checkFlag({ environment, setting: 'consumerRequests' }, settings.consumerRequests);
  checkFlag({ environment, setting: 'higherThroughput' }, settings.higherThroughput);
  if (!Array.isArray(settings.tokens)) {
    throw new SettingError({ environment, setting: 'tokens' }, 'must be a list', show(settings.tokens));
  }
  const tokens = settings.tokens.map((token, index) => {
    checkObject({ environment, setting: `tokens[${index}]` }, token);
    const { name, ...props } = token;
    return checkToken({ environment, account, region, local: false }, name, props);
  });
  checkTokens({ environment, keyArn, higherThroughput, tokens });
  return tokens;
}

/** @throws SettingError */
export function checkEnvironmentName(name: unknown): asserts name is string {
  if (typeof name === 'string' && ENVIRONMENT_NAME.test(name)) return;
  const rule = 'must be lower-case letters and digits, a letter first, at most 16 characters';
  throw new SettingError({ setting: 'name of an environment' }, rule, show(name));
}

function checkPlace({ name: environment, account, region }: EnvironmentSettings): void {
  if (account !== undefined && !matches(account, /^\d{12}$/)) {
    throw new SettingError(
      { environment, setting: 'account' },
      'must be 12 digits, in quotes',
      show(account),
    );
  }
  if (region !== undefined && !matches(region, /^[a-z]{2,4}(-[a-z]+)+-\d$/)) {
    throw new SettingError(
      { environment, setting: 'region' },
      'must be a Region such as "eu-central-1"',
      show(region),
    );
  }
}

function checkAlarmReceiver(settings: EnvironmentSettings): void {
  const { name: environment, account, region, alarmEmail, alarmTopicArn, alarmKeyArn } = settings;
  checkAlarmEmail(environment, alarmEmail);
  checkMonitoring(environment, settings.monitoring);
  if (alarmKeyArn !== undefined) {
    const path = { environment, setting: 'alarmKeyArn' };
    checkArn(path, alarmKeyArn, { kind: 'key', place: { account, region } });
    if (alarmTopicArn !== undefined) {
      throw new SettingError(path, 'goes without alarmTopicArn: that topic has its own encryption', 'both');
    }
  }
  if (alarmTopicArn === undefined) return;
  const path = { environment, setting: 'alarmTopicArn' };
  checkArn(path, alarmTopicArn, { kind: 'topic', place: { account, region } });
  if (alarmEmail !== undefined) {
    throw new SettingError(path, 'goes without alarmEmail: subscribe the address to that topic', 'both');
  }
}

function checkKeySetting({ name: environment, account, region, keyArn }: EnvironmentSettings): void {
  if (keyArn === undefined || keyArn === AWS_MANAGED) return;
  checkArn({ environment, setting: 'keyArn' }, keyArn, { kind: 'key', place: { account, region } });
}

/** @throws SettingError if the optional value is no address. */
export function checkAlarmEmail(environment: string, value: unknown): void {
  if (value === undefined || (typeof value === 'string' && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value))) return;
  throw new SettingError({ environment, setting: 'alarmEmail' }, 'must be an e-mail address', show(value));
}

const matches = (value: unknown, pattern: RegExp): boolean =>
  typeof value === 'string' && pattern.test(value);
