import { readFileSync } from 'node:fs';
import {
  FUNCTION_ENV,
  type FunctionSettings,
  SETTINGS_FILE,
  SETTINGS_FORMAT_VERSION,
} from '../contract/function-settings.ts';

export interface FunctionConfig extends FunctionSettings {
  readonly keyArn: string | undefined;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
}

/**
 * Reads what the stack gave the function: the settings file next to the code, and environment variables.
 * The file was validated at synthesis; only its format version is checked.
 *
 * @throws Error if a variable is missing or empty, or the file has another format.
 */
export function readConfig(env: NodeJS.ProcessEnv, directory: string | URL): FunctionConfig {
  const settings = JSON.parse(readFileSync(new URL(SETTINGS_FILE, directory), 'utf8')) as FunctionSettings;
  if (settings.formatVersion !== SETTINGS_FORMAT_VERSION) {
    throw new Error(
      `${SETTINGS_FILE} has format ${settings.formatVersion}, this function reads ${SETTINGS_FORMAT_VERSION}: deploy again`,
    );
  }
  return {
    ...settings,
    keyArn: env[FUNCTION_ENV.keyArn] || undefined,
    queueUrl: required(env, FUNCTION_ENV.queueUrl),
    deadLetterQueueUrl: required(env, FUNCTION_ENV.deadLetterQueueUrl),
  };
}

function required(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (!value) throw new Error(`environment variable ${name} is missing or empty: deploy again`);
  return value;
}
