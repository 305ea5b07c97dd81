/** The CDK app of the removal tests: its tokens, and the id of the construct that holds them, come from the environment. */
import { App, Duration, Stack } from 'aws-cdk-lib';
import { stackName } from '../../contract/names.ts';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../../fakes/local-account.ts';
import { TokenRefresher } from '../../lib/token-refresher.ts';

const { REMOVAL_CONSTRUCT_ID = '', REMOVAL_TOKENS = '', REMOVAL_TOKEN_API_URL = '' } = process.env;

export const ENVIRONMENT = 'removal';

const stack = new Stack(new App(), stackName(ENVIRONMENT), {
  env: { account: LOCAL_ACCOUNT, region: LOCAL_REGION },
});
const refresher = new TokenRefresher(stack, REMOVAL_CONSTRUCT_ID, { environment: ENVIRONMENT, local: true });
for (const token of REMOVAL_TOKENS.split(',')) {
  refresher.addToken(token, { baseUrl: REMOVAL_TOKEN_API_URL, accessTokenLifetime: Duration.hours(1) });
}
