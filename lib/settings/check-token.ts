import { Duration } from 'aws-cdk-lib';
import type { TokenSettings } from '../../contract/function-settings.ts';
import { credentialsSecret, TOKEN_NAME, TOKEN_NAME_MAX_LENGTH } from '../../contract/names.ts';
import { checkArn, type Place, secretNameOf } from './check-arn.ts';
import { checkedBaseUrl } from './check-base-url.ts';
import { checkFlag, checkKeys, isDuration, SettingError, type SettingPath, show } from './setting-error.ts';
import type { TokenProps } from './settings.ts';
import { leastStaleMinutes, MOST_WINDOW_MINUTES } from './stale-window.ts';

/** A token whose settings were found good, defaults filled in. */
export interface CheckedToken {
  readonly name: string;
  /** What the function is told. */
  readonly settings: TokenSettings;
  /** Whole minutes without a success that count as failure. */
  readonly staleAfterMinutes: number;
  /** Friendly name of the credentials, adopted or not. */
  readonly secretName: string;
  /** ARN of the adopted secret; absent: the stack makes one. */
  readonly credentialsSecretArn?: string;
  readonly credentialsKeyArn?: string;
  readonly surviveOutageSeconds?: number;
  readonly readerPolicy: boolean;
}

export interface TokenPlace extends Place {
  readonly environment: string;
  /** Allows what only the local run may use: an interval of one minute, and plain http on loopback. */
  readonly local: boolean;
}

const DEFAULTS = {
  interval: Duration.minutes(25),
  accessTokenLifetime: Duration.minutes(30),
  refreshTokenLifetime: Duration.days(7),
  credentialsMaxAge: Duration.days(90),
};

const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;
const INTERVAL_SECONDS = { least: 2 * MINUTE, leastLocally: MINUTE, most: 12 * 60 * MINUTE } as const;

const KEYS: Readonly<Record<keyof TokenProps, true>> = {
  baseUrl: true,
  interval: true,
  accessTokenLifetime: true,
  refreshTokenLifetime: true,
  surviveOutage: true,
  staleAfter: true,
  credentialsMaxAge: true,
  certificatesInCredentials: true,
  readerPolicy: true,
  credentialsSecretArn: true,
  credentialsKeyArn: true,
};

/** @throws SettingError for the first setting that breaks a rule. What concerns several tokens is checked elsewhere. */
export function checkToken(place: TokenPlace, name: string, props: TokenProps): CheckedToken {
  const owner = { environment: place.environment, token: name };
  const at = (setting: keyof TokenProps): SettingPath => ({ ...owner, setting });
  checkTokenName(place.environment, name);
  checkKeys(owner, props, KEYS);
  checkFlag(at('readerPolicy'), props.readerPolicy);
  checkFlag(at('certificatesInCredentials'), props.certificatesInCredentials);
  const times = { ...DEFAULTS, ...props };
  const { credentialsSecretArn, credentialsKeyArn } = props;
  if (credentialsSecretArn !== undefined) {
    checkArn(at('credentialsSecretArn'), credentialsSecretArn, { kind: 'secret', place });
  }
  if (credentialsKeyArn !== undefined) {
    checkArn(at('credentialsKeyArn'), credentialsKeyArn, { kind: 'key', place });
    if (credentialsSecretArn === undefined) {
      throw new SettingError(
        at('credentialsKeyArn'),
        'goes with credentialsSecretArn only',
        show(credentialsKeyArn),
      );
    }
  }
  const baseUrl = checkedBaseUrl(at('baseUrl'), props.baseUrl, place);
  const interval = intervalSeconds(at('interval'), times.interval, place);
  const madeSecret = credentialsSecret(place.environment, name);
  return {
    name,
    secretName: credentialsSecretArn === undefined ? madeSecret : secretNameOf(credentialsSecretArn),
    settings: {
      baseUrl,
      credentialsSecretId: credentialsSecretArn ?? madeSecret,
      ...(props.certificatesInCredentials && { certificatesInCredentials: true }),
      intervalSeconds: interval,
      accessTokenLifetimeSeconds: wholeSeconds(at('accessTokenLifetime'), times.accessTokenLifetime),
      refreshTokenLifetimeSeconds: wholeSeconds(at('refreshTokenLifetime'), times.refreshTokenLifetime),
      credentialsMaxAgeSeconds: wholeDays(at('credentialsMaxAge'), times.credentialsMaxAge),
    },
    staleAfterMinutes: staleAfterMinutes(at('staleAfter'), props.staleAfter, interval),
    readerPolicy: props.readerPolicy ?? false,
    ...(credentialsSecretArn !== undefined && { credentialsSecretArn }),
    ...(credentialsKeyArn !== undefined && { credentialsKeyArn }),
    ...(props.surviveOutage !== undefined && {
      surviveOutageSeconds: wholeSeconds(at('surviveOutage'), props.surviveOutage),
    }),
  };
}

/** @throws SettingError */
export function checkTokenName(environment: string, name: unknown): asserts name is string {
  if (typeof name === 'string' && name.length <= TOKEN_NAME_MAX_LENGTH && TOKEN_NAME.test(name)) return;
  const rule = `must be kebab-case (lower-case letters, digits, single hyphens), at most ${TOKEN_NAME_MAX_LENGTH} characters`;
  throw new SettingError({ environment, setting: 'name of a token' }, rule, show(name));
}

/** EventBridge Scheduler's rate() takes whole minutes. */
function intervalSeconds(path: SettingPath, value: Duration, { local }: TokenPlace): number {
  const { leastLocally, most } = INTERVAL_SECONDS;
  const least = local ? leastLocally : INTERVAL_SECONDS.least;
  const seconds = secondsOf(path, value);
  if (seconds >= least && seconds <= most && seconds % MINUTE === 0) return seconds;
  const from = show(Duration.seconds(least));
  throw new SettingError(
    path,
    `must be whole minutes, from ${from} to ${show(Duration.seconds(most))}`,
    show(value),
  );
}

function wholeSeconds(path: SettingPath, value: Duration): number {
  const seconds = secondsOf(path, value);
  if (Number.isSafeInteger(seconds) && seconds > 0) return seconds;
  throw new SettingError(path, 'must be a whole number of seconds, at least one', show(value));
}

function wholeDays(path: SettingPath, value: Duration): number {
  const seconds = secondsOf(path, value);
  if (seconds > 0 && seconds % DAY === 0) return seconds;
  throw new SettingError(path, 'must be whole days, at least one', show(value));
}

function staleAfterMinutes(path: SettingPath, value: Duration | undefined, interval: number): number {
  const least = leastStaleMinutes(interval);
  if (value === undefined) return least;
  const minutes = secondsOf(path, value) / MINUTE;
  if (Number.isInteger(minutes) && minutes >= least && minutes <= MOST_WINDOW_MINUTES) return minutes;
  const rule = `must be whole minutes, from ${least} (the interval, and what may delay a healthy refresh) to ${MOST_WINDOW_MINUTES}`;
  throw new SettingError(path, rule, show(value));
}

function secondsOf(path: SettingPath, value: unknown): number {
  if (!isDuration(value) || value.isUnresolved()) {
    throw new SettingError(path, 'must be a Duration, such as Duration.minutes(25)', show(value));
  }
  return value.toMilliseconds({ integral: false }) / 1_000;
}
