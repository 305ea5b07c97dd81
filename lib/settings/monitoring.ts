import { Duration, Token } from 'aws-cdk-lib';
import { MINUTE } from '../../contract/times.ts';
import { type Complete, object, optional, withDefault } from './parser.ts';
import type { AlarmThresholds, MonitoringSettings } from './settings.ts';
import { show } from './show.ts';
import { MOST_WINDOW_MINUTES } from './stale-window.ts';
import { duration, text, wholeNumber } from './values.ts';

/** Validated settings of an environment's alarms, with defaults. */
export interface ParsedMonitoring extends Complete<MonitoringSettings, 'attentionFor'> {
  readonly thresholds: Required<AlarmThresholds>;
}

/** From the repository's root: every alarm's description names a heading of this file. */
const RUNBOOK = 'docs/runbook.md';

/** An alarm's description holds 1024 characters, words included. */
const MOST_URL_CHARACTERS = 256;

const count = withDefault(wholeNumber, 1);

const thresholds = object<Required<AlarmThresholds>>({
  deadLetters: count,
  functionErrorsPerMinute: count,
  throttlesPerMinute: count,
  schedulerErrors: count,
});

const RANGE = `must be a Duration of whole minutes, at most ${show(Duration.minutes(MOST_WINDOW_MINUTES))}`;

export const monitoring = object<ParsedMonitoring>({
  runbookUrl: withDefault(
    text(
      `must be a URL or path without spaces and fragment, at most ${MOST_URL_CHARACTERS} characters`,
      (url) => url.length <= MOST_URL_CHARACTERS && (Token.isUnresolved(url) || /^[^\s#]+$/.test(url)),
    ),
    RUNBOOK,
  ),
  attentionFor: optional(
    duration({ step: MINUTE, most: MOST_WINDOW_MINUTES * MINUTE, rule: RANGE, kind: RANGE }),
  ),
  thresholds: withDefault(thresholds, {}),
});
