/** The CDK app that `npm run local` deploys: one environment that only a local AWS accepts. */
import { App, Duration } from 'aws-cdk-lib';
import { stackName } from '../contract/names.ts';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../fakes/local-account.ts';
import { TokenRefresherStack } from '../lib/token-refresher-stack.ts';
import { ENVIRONMENT, TIMES, TOKEN, TOKEN_API_URL_VARIABLE } from './local-environment.ts';

const baseUrl = process.env[TOKEN_API_URL_VARIABLE];
if (!baseUrl) throw new Error(`${TOKEN_API_URL_VARIABLE} is missing or empty: npm run local sets it`);

new TokenRefresherStack(new App(), stackName(ENVIRONMENT), {
  name: ENVIRONMENT,
  account: LOCAL_ACCOUNT,
  region: LOCAL_REGION,
  local: true,
  tokens: [
    {
      name: TOKEN,
      baseUrl,
      interval: Duration.seconds(TIMES.intervalSeconds),
      accessTokenLifetime: Duration.seconds(TIMES.accessTokenLifetimeSeconds),
      refreshTokenLifetime: Duration.seconds(TIMES.refreshTokenLifetimeSeconds),
    },
  ],
});
