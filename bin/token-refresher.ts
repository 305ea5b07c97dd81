import { App } from 'aws-cdk-lib';
import { environments } from '../environments.ts';
import { checkEnvironments } from '../lib/check-environments.ts';
import { stackName } from '../lib/contract.ts';
import { SettingError } from '../lib/setting-error.ts';
import { TokenRefresherStack } from '../lib/token-refresher-stack.ts';

try {
  checkEnvironments(environments);
  const app = new App();
  for (const environment of environments) {
    new TokenRefresherStack(app, stackName(environment.name), environment);
  }
} catch (error) {
  if (!(error instanceof SettingError)) throw error;
  // The message says it all; a stack trace would only hide it.
  console.error(`environments.ts: ${error.message}`);
  process.exitCode = 1;
}
