import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { parameterArn, secretArn } from './arns.ts';
import type { CheckedToken } from './check-token.ts';
import { accessTokenParameter, sessionParameter } from './contract.ts';
import { usedThrough } from './key-conditions.ts';

/**
 * Up to this many tokens the function's role names every parameter and secret; more would outgrow the policies that
 * a role can have, so beyond it one pattern bound to the environment stands for them.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const MOST_TOKENS_NAMED = 20;

/** Why there is a pattern beyond that number. */
export const TOO_MANY_TO_NAME =
  "The tokens' names would outgrow a role's policies: one pattern bound to the environment stands for them.";

export interface StoredToken extends CheckedToken {
  /** Whole ARN of its secret, adopted or made by the stack. */
  readonly secretArn: string;
}

export interface PermissionsProps {
  readonly environment: string;
  /** Undefined: the AWS managed ones, whose policies admit whoever may use the parameter or secret. */
  readonly key: IKey | undefined;
  readonly tokens: readonly StoredToken[];
}

/** What the function may do with parameters, secrets and keys. */
export function storePermissions(
  scope: Construct,
  { environment, key, tokens }: PermissionsProps,
): PolicyStatement[] {
  const { parameters, madeSecrets } = resources(scope, environment, tokens);
  const adopted = tokens.filter(({ credentialsSecretArn }) => credentialsSecretArn !== undefined);
  const statements = [
    new PolicyStatement({ actions: ['ssm:GetParameters', 'ssm:PutParameter'], resources: parameters }),
    new PolicyStatement({
      actions: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
      resources: [...madeSecrets, ...adopted.map(({ secretArn }) => secretArn)],
    }),
  ];
  if (key !== undefined) statements.push(parameterEncryption(scope, key, parameters));
  if (key !== undefined && madeSecrets.length > 0)
    statements.push(decryption(scope, key.keyArn, madeSecrets));
  for (const [keyArn, ofKey] of Map.groupBy(adopted, ({ credentialsKeyArn }) => credentialsKeyArn)) {
    // Without a key of its own the secret has the AWS managed one, whose policy admits whoever may read the secret.
    if (keyArn === undefined) continue;
    const secrets = ofKey.map(({ secretArn }) => secretArn);
    statements.push(decryption(scope, keyArn, secrets));
  }
  return statements;
}

function resources(scope: Construct, environment: string, tokens: readonly StoredToken[]) {
  const made = tokens.filter(({ credentialsSecretArn }) => credentialsSecretArn === undefined);
  if (tokens.length <= MOST_TOKENS_NAMED) {
    const names = tokens.flatMap(({ name }) => [
      accessTokenParameter(environment, name),
      sessionParameter(environment, name),
    ]);
    return {
      parameters: names.map((name) => parameterArn(scope, name)),
      madeSecrets: made.map(({ secretArn }) => secretArn),
    };
  }
  return {
    parameters: [parameterArn(scope, `/token-refresher/${environment}/*`)],
    madeSecrets: made.length > 0 ? [secretArn(scope, `token-refresher/${environment}/*`)] : [],
  };
}

const parameterEncryption = (scope: Construct, key: IKey, parameters: readonly string[]): PolicyStatement =>
  new PolicyStatement({
    // Encrypt for standard parameters, GenerateDataKey for advanced ones, which a long token makes them.
    actions: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'],
    resources: [key.keyArn],
    conditions: usedThrough(scope, 'ssm', parameters),
  });

const decryption = (scope: Construct, keyArn: string, secretArns: readonly string[]): PolicyStatement =>
  new PolicyStatement({
    actions: ['kms:Decrypt'],
    resources: [keyArn],
    conditions: usedThrough(scope, 'secretsmanager', secretArns),
  });

/** The resources of a statement that are no names but patterns. */
export const patternsOf = ({ resources }: PolicyStatement): string[] =>
  resources.filter((resource) => resource.includes('*'));
