export { SettingError } from './settings/setting-error.ts';
export type {
  AlarmThresholds,
  EnvironmentSettings,
  MonitoringSettings,
  NamedTokenProps,
  NetworkSettings,
  TokenProps,
} from './settings/settings.ts';
export { Token, type TokenAttributes } from './token.ts';
export { TokenRefresher } from './token-refresher.ts';
export type { TokenRefresherProps } from './token-refresher-props.ts';
export { TokenRefresherStack, type TokenRefresherStackProps } from './token-refresher-stack.ts';
