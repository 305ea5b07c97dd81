import { environmentPrefix, tokenResourceName } from '../../contract/names.ts';

/** Alarms that exist once per token: end of the alarm's name, and its section of the runbook. */
export const TOKEN_ALARMS = ['refresh-failing', 'going-stale', 'login-refused'] as const;

/** Alarms that exist once per environment. */
export const ENVIRONMENT_ALARMS = [
  'attention',
  'dead-letters',
  'function-errors',
  'throttles',
  'schedule-failing',
  'schedule-dropping',
  'metrics-unparsed',
  'metrics-invalid',
  'secret-in-log',
] as const;

export type AlarmKind = (typeof TOKEN_ALARMS)[number] | (typeof ENVIRONMENT_ALARMS)[number];

/** Alarm names of an environment end differently from those of tokens, so they cannot collide. */
export const alarmName = (environment: string, kind: AlarmKind, token?: string): string =>
  `${token === undefined ? environmentPrefix(environment) : tokenResourceName(environment, token)}-${kind}`;
