/** What `bin/token-refresher.ts` is, for a local AWS. Runs in a copy of the project that has an `environments.ts` of its own. */
import { App } from 'aws-cdk-lib';
import { stackName } from '../../contract/names.ts';
import { environments } from '../../environments.ts';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../../fakes/local-account.ts';
import { TokenRefresherStack } from '../../lib/token-refresher-stack.ts';

const app = new App();
for (const environment of environments) {
  const settings = { ...environment, account: LOCAL_ACCOUNT, region: LOCAL_REGION, local: true };
  new TokenRefresherStack(app, stackName(environment.name), settings);
}
