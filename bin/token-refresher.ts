import { App } from 'aws-cdk-lib';
import { environments } from '../environments.ts';
import { SettingError } from '../lib/settings/setting-error.ts';
import { addStacks } from './add-stacks.ts';

try {
  addStacks(new App(), environments);
} catch (error) {
  if (!(error instanceof SettingError)) throw error;
  // The message says it all; a stack trace would only hide it.
  console.error(`environments.ts: ${error.message}`);
  process.exitCode = 1;
}
