import { Duration } from 'aws-cdk-lib';
import type { EnvironmentSettings } from './lib/settings/settings.ts';

/**
 * The one file to edit. Each environment is a stack of its own, `TokenRefresher-<name>`, with its own credentials,
 * encryption key, parameters and alarms; deploying one never touches another. Every setting is explained in
 * `lib/settings/settings.ts`, and checked before anything is deployed.
 *
 * After adding a token: `npx cdk deploy TokenRefresher-<environment>`, then store its credentials with the command
 * that the deployment prints, `SetCredentials`, in the secret that it prints for the token.
 */
export const environments: readonly EnvironmentSettings[] = [
  {
    name: 'sandbox',
    // account: '111122223333', // without these two: wherever the AWS credentials of `cdk deploy` point
    // region: 'eu-central-1',
    alarmEmail: 'team@example.com',
    tokens: [
      {
        // The access token is kept in the SSM parameter /token-refresher/sandbox/payments-api/access-token.
        name: 'payments-api',
        baseUrl: 'https://sandbox.payments.example.com/v1',
        // Left out, so the defaults: refreshed every 25 minutes, access tokens live 30 minutes, refresh tokens 7 days.
      },
      {
        name: 'shipping-api',
        baseUrl: 'https://sandbox.shipping.example.com',
        interval: Duration.minutes(50),
        accessTokenLifetime: Duration.hours(1),
        refreshTokenLifetime: Duration.days(30),
      },
      // Add a token here: a name and the base URL of its API are enough. For an API that speaks another protocol, `api` with
      // `oauth2`, `login` or a name of the catalogue from './lib/index.ts': see docs/token-apis.md.
    ],
  },
  {
    name: 'production',
    production: true, // keeps credentials and key if the stack is ever removed
    alarmEmail: 'on-call@example.com',
    // alarmTopicArn: 'arn:aws:sns:eu-central-1:111122223333:alarms', // instead of alarmEmail
    // monitoring: { runbookUrl: 'https://wiki.example.com/token-refresher/runbook' }, // alarms link to it
    tokens: [
      {
        name: 'payments-api',
        baseUrl: 'https://payments.example.com/v1',
        // To use a secret that exists already:
        // credentialsSecretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:payments-AbCdEf',
        // credentialsKeyArn: 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
      },
      // Add a token here.
    ],
  },
];
