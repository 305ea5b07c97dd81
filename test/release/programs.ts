import { awsEnvironment } from '../../local/clean-environment.ts';
import type { World } from '../client/world.ts';

export const APP = `
const app = new App({ outdir: process.env.OUT });
const stack = new Stack(app, 'Tokens');
new TokenRefresher(stack, 'Refresher', { environment: 'sandbox', alarmEmail: 'a@example.com' }).addToken('payments-api', {
  baseUrl: 'https://sandbox.payments.example.com/v1',
});
`;

/** For {@link CONSUMER}. */
export const IMPORT_CLIENT = `
import { createTokenClient, TokenError } from 'token-refresher/client';
`;

/** For {@link APP}, too. */
export const IMPORTS = `
import { App, Stack } from 'aws-cdk-lib';
import { TokenRefresher } from 'token-refresher';
${IMPORT_CLIENT}`;

/** The same in CommonJS. */
export const REQUIRES = IMPORTS.replaceAll(/import (.*) from (.*);/g, 'const $1 = require($2);');

const CONSUME = `
const payments = createTokenClient({
  environment: 'sandbox', token: 'payments-api', refreshRequests: { queueUrl: process.env.QUEUE_URL ?? '' },
});
`;

/** Sends a request whose first answer is 401: so it reads, asks the refresher, and reads again. */
export const CONSUMER = `${CONSUME}
payments.fetch(process.env.RESOURCE ?? '').then(({ status }) => console.log('answered', status));
`;

/** Tests for Jest, and for Vitest where its functions are global. */
export const TESTS = {
  stack: `
import { Template } from 'aws-cdk-lib/assertions';
${IMPORTS}
test('the stack has a schedule', () => {
  ${APP}
  Template.fromStack(stack).resourceCountIs('AWS::Scheduler::Schedule', 1);
});
test('an error of the client is known by its class', () => {
  expect(() => createTokenClient({ environment: 'sandbox', token: '' })).toThrow(TokenError);
});
`,
  client: `${IMPORT_CLIENT}
test('the client gets a new token after a 401', async () => {
  ${CONSUME}
  expect((await payments.fetch(process.env.RESOURCE ?? '')).status).toBe(200);
}, 30_000);
`,
};

/** Says whether `import` and `require`, which the module is given, lead to one copy of the client. */
export const ONE_COPY = `
import { TokenError as Imported } from 'token-refresher/client';
try {
  require('token-refresher/client').createTokenClient({});
} catch (error) {
  console.log(error instanceof Imported ? 'one copy' : 'two copies');
}
`;

/** All of the types that matter, and slips that they must refuse. */
export const TYPED = `
${IMPORTS}
import { oauth2, SettingError, Token, TokenRefresherStack, type EnvironmentSettings, type TokenProps } from 'token-refresher';
import type { TokenClient, TokenEvent } from 'token-refresher/client';
${APP}
${CONSUMER}
const props: TokenProps = {
  api: oauth2({ tokenUrl: 'https://login.example.com/oauth/token', grant: 'client_credentials' }),
};
new TokenRefresher(stack, 'Other', { environment: 'other', alarmEmail: 'a@example.com' }).addToken('orders', props);
const show = (client: TokenClient, event: TokenEvent): string => [client.getToken.length, event.type].join();
const thrown = (error: unknown): string | undefined =>
  error instanceof TokenError ? error.code : error instanceof SettingError ? error.message : undefined;
export type All = [typeof show, typeof thrown, EnvironmentSettings, TokenRefresherStack];
// @ts-expect-error A token has a name.
Token.fromName(stack, { environment: 'sandbox' });
// @ts-expect-error There is no such option.
createTokenClient({ environment: 'sandbox', token: 'payments-api', lifetime: 60 });
`;

export const environmentOf = ({ endpoint, queueUrl, resource }: World) => ({
  ...awsEnvironment(endpoint),
  QUEUE_URL: queueUrl,
  RESOURCE: resource,
});
