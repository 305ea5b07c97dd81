import {
  type FunctionSettings,
  SETTINGS_FORMAT_VERSION,
  type TokenSettings,
} from '../../contract/function-settings.ts';
import { secretNameOf } from '../settings/credentials.ts';
import type { ParsedToken } from '../settings/token.ts';

/** The settings that the function gets. */
export const functionSettings = (environment: string, tokens: readonly ParsedToken[]): FunctionSettings => ({
  formatVersion: SETTINGS_FORMAT_VERSION,
  environment,
  tokens: Object.fromEntries(tokens.map((token) => [token.name, tokenSettings(environment, token)])),
});

const tokenSettings = (environment: string, token: ParsedToken): TokenSettings => ({
  api: token.api,
  credentialsSecretId: token.credentialsSecretArn ?? secretNameOf(environment, token),
  intervalSeconds: token.interval.toSeconds(),
  accessTokenLifetimeSeconds: token.accessTokenLifetime.toSeconds(),
  refreshTokenLifetimeSeconds: token.refreshTokenLifetime.toSeconds(),
  credentialsMaxAgeSeconds: token.credentialsMaxAge.toSeconds(),
  ...(token.minimumGap !== undefined && { minimumGapSeconds: token.minimumGap.toSeconds() }),
});
