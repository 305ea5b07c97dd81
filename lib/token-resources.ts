import type { RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { CheckedToken } from './check-token.ts';
import { credentialsRule } from './credentials-rule.ts';
import { refreshFailingAlarm } from './refresh-failing-alarm.ts';
import type { Schedules } from './schedules.ts';

export interface TokenResourcesProps {
  readonly environment: string;
  readonly token: CheckedToken;
  /** Encrypts the secret, unless one is adopted. */
  readonly key: IKey;
  /** What becomes of the secret when the token is removed. */
  readonly removalPolicy: RemovalPolicy;
  readonly queue: IQueue;
  readonly schedules: Schedules;
  readonly topic: ITopic;
}

/** What exists once per token: its credentials, and what asks for its refreshes and watches them. */
export class TokenResources extends Construct {
  /** Whole ARN of the credentials. */
  readonly secretArn: string;

  constructor(scope: Construct, id: string, props: TokenResourcesProps) {
    super(scope, id);
    const { environment, token, queue, topic } = props;
    this.secretArn = token.credentialsSecretArn ?? this.#makeSecret(props);
    props.schedules.add(this, 'Schedule', token);
    credentialsRule(this, 'NewCredentials', {
      environment,
      token: token.name,
      secretName: token.secretName,
      queue,
    });
    refreshFailingAlarm(this, 'RefreshFailing', { environment, token, topic });
  }

  /** Without a value, which no template should hold; CDK's own Secret always generates one. */
  #makeSecret({ token, key, removalPolicy }: TokenResourcesProps): string {
    const secret = new CfnSecret(this, 'Credentials', {
      name: token.secretName,
      description: `Credentials for ${token.settings.baseUrl}, as JSON: {"username": "...", "password": "..."}`,
      kmsKeyId: key.keyArn,
    });
    secret.applyRemovalPolicy(removalPolicy);
    return secret.ref;
  }
}
