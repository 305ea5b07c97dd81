export { SettingError } from './setting-error.ts';
export type {
  AlarmThresholds,
  EnvironmentSettings,
  MonitoringSettings,
  NamedTokenProps,
  NetworkSettings,
  TokenProps,
} from './settings.ts';
export { Token, type TokenAttributes } from './token.ts';
export { TokenRefresher, type TokenRefresherProps } from './token-refresher.ts';
export { TokenRefresherStack, type TokenRefresherStackProps } from './token-refresher-stack.ts';
