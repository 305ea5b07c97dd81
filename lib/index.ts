export { SettingError } from './settings/setting-error.ts';
export type {
  AlarmThresholds,
  EnvironmentSettings,
  MonitoringSettings,
  NamedTokenProps,
  NetworkSettings,
  TokenProps,
} from './settings/settings.ts';
export type {
  AnswerMatch,
  Json,
  JsonObject,
  LifetimeInAnswer,
  SigningProps,
  TokenApi,
  TokenApiAnswer,
  TokenApiRequest,
  Values,
} from './settings/token-api/props.ts';
export {
  accessToken,
  assertion,
  type HiddenValue,
  literal,
  publicKeyFingerprint,
  refreshToken,
  secret,
  text,
  type Value,
} from './settings/token-api/values.ts';
export { Token, type TokenAttributes } from './token.ts';
export * from './token-apis/catalogue/index.ts';
export { type LoginProps, login } from './token-apis/login.ts';
export { type ClientAuthentication, type OAuth2Props, oauth2 } from './token-apis/oauth2.ts';
export { type SelfSignedProps, selfSigned } from './token-apis/self-signed.ts';
export { TokenRefresher } from './token-refresher.ts';
export type { TokenRefresherProps } from './token-refresher-props.ts';
export { TokenRefresherStack, type TokenRefresherStackProps } from './token-refresher-stack.ts';
