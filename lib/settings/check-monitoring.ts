import { Duration, Token } from 'aws-cdk-lib';
import { checkKeys, isDuration, SettingError, show } from './setting-error.ts';
import type { AlarmThresholds, MonitoringSettings } from './settings.ts';
import { leastStaleMinutes, MOST_WINDOW_MINUTES } from './stale-window.ts';

/** What the alarms of an environment go by, checked, defaults filled in. */
export interface CheckedMonitoring {
  readonly runbookUrl: string;
  readonly thresholds: Required<AlarmThresholds>;
  /** How long a reason for attention keeps its alarm up, given the intervals of all tokens. */
  attentionMinutes(intervalsSeconds: readonly number[]): number;
}

const KEYS: Readonly<Record<keyof MonitoringSettings, true>> = {
  runbookUrl: true,
  attentionFor: true,
  thresholds: true,
};

const THRESHOLDS: Required<AlarmThresholds> = {
  deadLetters: 1,
  functionErrorsPerMinute: 1,
  throttlesPerMinute: 1,
  schedulerErrors: 1,
};

/** From the repository's root: every alarm's description names a heading of this file. */
const RUNBOOK = 'docs/runbook.md';

/** An alarm's description holds 1024 characters, words included. */
const MOST_URL_CHARACTERS = 256;

const LEAST_ATTENTION_MINUTES = 60;

/** @throws SettingError */
export function checkMonitoring(environment: string, settings: MonitoringSettings = {}): CheckedMonitoring {
  checkKeys({ environment, setting: 'monitoring' }, settings, KEYS);
  const { runbookUrl = RUNBOOK, attentionFor, thresholds = {} } = settings;
  checkRunbookUrl(environment, runbookUrl);
  const known = Object.fromEntries(Object.keys(THRESHOLDS).map((name): [string, true] => [name, true]));
  checkKeys({ environment, setting: 'monitoring.thresholds' }, thresholds, known);
  for (const [name, value] of Object.entries(thresholds)) checkThreshold(environment, name, value);
  const attention = attentionFor === undefined ? undefined : attentionMinutes(environment, attentionFor);
  return {
    runbookUrl,
    thresholds: { ...THRESHOLDS, ...thresholds },
    attentionMinutes: (intervals) =>
      attention ?? Math.max(LEAST_ATTENTION_MINUTES, ...intervals.map(leastStaleMinutes)),
  };
}

function checkRunbookUrl(environment: string, value: unknown): void {
  const isGood =
    typeof value === 'string' &&
    value.length <= MOST_URL_CHARACTERS &&
    (Token.isUnresolved(value) || /^[^\s#]+$/.test(value));
  if (isGood) return;
  const rule = `must be a URL or path without spaces and fragment, at most ${MOST_URL_CHARACTERS} characters`;
  throw new SettingError({ environment, setting: 'monitoring.runbookUrl' }, rule, show(value));
}

function checkThreshold(environment: string, name: string, value: unknown): void {
  if (value === undefined || (Number.isSafeInteger(value) && Number(value) >= 1)) return;
  const path = { environment, setting: `monitoring.thresholds.${name}` };
  throw new SettingError(path, 'must be a whole number, at least one', show(value));
}

function attentionMinutes(environment: string, value: unknown): number {
  const minutes =
    isDuration(value) && !value.isUnresolved() ? value.toMinutes({ integral: false }) : Number.NaN;
  if (Number.isInteger(minutes) && minutes >= 1 && minutes <= MOST_WINDOW_MINUTES) return minutes;
  const most = show(Duration.minutes(MOST_WINDOW_MINUTES));
  const rule = `must be a Duration of whole minutes, at most ${most}`;
  throw new SettingError({ environment, setting: 'monitoring.attentionFor' }, rule, show(value));
}
