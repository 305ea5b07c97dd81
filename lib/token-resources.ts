import { CfnOutput, type RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct, type IDependable } from 'constructs';
import { type DeployedToken, TOKEN_OUTPUT } from '../contract/outputs.ts';
import { credentialsInWords, fieldsOfSecret, optionalFieldsOfSecret } from '../contract/token-api.ts';
import { credentialsRule } from './credentials-rule.ts';
import type { Monitoring } from './monitoring/monitoring.ts';
import { acknowledge } from './nag.ts';
import type { Schedules } from './schedules.ts';
import { secretNameOf } from './settings/credentials.ts';
import type { ParsedToken } from './settings/token.ts';
import { loginHost } from './settings/token-api/hosts.ts';

export interface TokenResourcesProps {
  readonly environment: string;
  readonly token: ParsedToken;
  /** Encrypts the secret, unless one is adopted; undefined: that of AWS. */
  readonly key: IKey | undefined;
  /** What becomes of the secret when the token is removed. */
  readonly removalPolicy: RemovalPolicy;
  readonly queue: IQueue;
  readonly schedules: Schedules;
  /** What the schedule and the rule must not outlive. */
  readonly cleanUp: IDependable;
  readonly monitoring: Monitoring;
}

/** Secrets Manager takes descriptions of so many characters. */
const DESCRIPTION_MAX_LENGTH = 2048;

const shortened = (text: string): string =>
  text.length <= DESCRIPTION_MAX_LENGTH ? text : `${text.slice(0, DESCRIPTION_MAX_LENGTH - 1)}…`;

/** What exists once per token: its credentials, and what asks for its refreshes and watches them. */
export class TokenResources extends Construct {
  readonly token: ParsedToken;
  /** Whole ARN of the credentials, adopted or made here. */
  readonly secretArn: string;

  constructor(scope: Construct, id: string, props: TokenResourcesProps) {
    super(scope, id);
    const { environment, token, queue, monitoring } = props;
    const secretName = secretNameOf(environment, token);
    this.token = token;
    this.secretArn = token.credentialsSecretArn ?? this.#makeSecret(secretName, props);
    const schedule = props.schedules.add(this, 'Schedule', token);
    const rule = credentialsRule(this, 'NewCredentials', {
      environment,
      token: token.name,
      secretName,
      queue,
    });
    for (const asking of [schedule, rule]) asking.node.addDependency(props.cleanUp);
    monitoring.watch(this, token);
    this.#tellCredentials(environment);
  }

  #tellCredentials(environment: string): void {
    const { name, api, credentialsSecretArn } = this.token;
    const optionalFields = optionalFieldsOfSecret(api);
    const told: DeployedToken = {
      environment,
      token: name,
      secret: credentialsSecretArn ?? secretNameOf(environment, this.token),
      fields: fieldsOfSecret(api),
      ...(optionalFields.length > 0 && { optionalFields }),
    };
    new CfnOutput(this, 'Token', {
      description: `${TOKEN_OUTPUT}${name}: the secret, and the fields of the JSON in it`,
      value: JSON.stringify(told),
    });
  }

  /** Without a value, which no template should hold; CDK's own Secret always generates one. */
  #makeSecret(name: string, { token, key, removalPolicy }: TokenResourcesProps): string {
    const secret = new CfnSecret(this, 'Credentials', {
      name,
      description: shortened(
        `Credentials for ${loginHost(token.api)}, as JSON: ${credentialsInWords(token.api)}`,
      ),
      ...(key !== undefined && { kmsKeyId: key.keyArn }),
    });
    secret.applyRemovalPolicy(removalPolicy);
    acknowledge(
      secret,
      'SMG4',
      'Only the owner of the API account can change the password; credentials that grow old ask for attention.',
    );
    return secret.ref;
  }
}
