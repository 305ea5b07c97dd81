import { CfnOutput, Stack, Stage } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { accessTokenParameter } from '../contract/names.ts';
import { knownPlace } from './settings/arn.ts';
import type { ParsedEnvironment } from './settings/environment.ts';
import { parseEnvironment } from './settings/parse.ts';
import { AWS_MANAGED, type EnvironmentSettings } from './settings/settings.ts';
import { TokenRefresher } from './token-refresher.ts';

export interface TokenRefresherStackProps extends EnvironmentSettings {
  /** For the local run, see `TokenRefresherProps`. Default: false. */
  readonly local?: boolean;
}

/** Stands for the token's name in the outputs, which are one for all tokens. */
const ANY_TOKEN = '<token>';

/** One environment as a stack. */
export class TokenRefresherStack extends Stack {
  readonly refresher: TokenRefresher;

  /** @throws SettingError */
  constructor(scope: Construct, id: string, props: TokenRefresherStackProps | ParsedEnvironment) {
    const stage = Stage.isStage(scope) ? scope : Stage.of(scope);
    const environment = parseEnvironment(props, knownPlace(stage ?? {}));
    const { name, account, region, alarmTopicArn, alarmKeyArn, keyArn, production } = environment;
    super(scope, id, {
      description: `Keeps access tokens fresh in SSM Parameter Store: ${name}`,
      terminationProtection: production,
      env: { ...(account !== undefined && { account }), ...(region !== undefined && { region }) },
    });
    this.refresher = new TokenRefresher(this, 'Refresher', {
      ...environment,
      environment: name,
      ...(alarmTopicArn !== undefined && {
        alarmTopic: Topic.fromTopicArn(this, 'ExistingAlarmTopic', alarmTopicArn),
      }),
      ...(keyArn !== undefined && {
        key: keyArn === AWS_MANAGED ? keyArn : Key.fromKeyArn(this, 'ExistingKey', keyArn),
      }),
      ...(alarmKeyArn !== undefined && { alarmKey: Key.fromKeyArn(this, 'ExistingAlarmKey', alarmKeyArn) }),
    });
    this.#tellWhereThingsAre(name);
  }

  #tellWhereThingsAre(environment: string): void {
    const outputs = {
      AccessTokens: {
        description: 'SSM parameters, SecureString, that hold the access tokens',
        value: accessTokenParameter(environment, ANY_TOKEN),
      },
      SetCredentials: {
        description:
          'Asks for the credentials of a token without showing them, and stores them: with `npx --no` in front of it, or in a checkout `npm run tokens --` instead of its first word',
        value: `token-refresher credentials ${environment} '${ANY_TOKEN}' --region ${this.region}`,
      },
      RequestQueue: {
        description: 'Queue that consumers ask for a new token by',
        value: this.refresher.requests.queue.queueUrl,
      },
      AlarmTopic: { description: 'SNS topic that alarms go to', value: this.refresher.alarmTopic.topicArn },
      OperatorsPolicy: {
        description: 'Managed policy for the roles of operators',
        value: this.refresher.operatorsPolicy.managedPolicyArn,
      },
      Log: {
        description: 'Log group of the function',
        value: this.refresher.function.logGroup.logGroupName,
      },
    };
    for (const [id, output] of Object.entries(outputs)) new CfnOutput(this, id, output);
  }
}
