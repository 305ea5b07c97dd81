import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { accessTokenParameter, parameterPath, secretPath, sessionParameter } from '../../contract/names.ts';
import { parameterArn, secretArn } from '../arns.ts';
import { AWS_MANAGED } from '../environment-key.ts';
import type { CheckedToken } from '../settings/check-token.ts';
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

export interface AdoptingTokens<T extends CheckedToken> {
  readonly environment: string;
  /** Of the key that encrypts the secrets which the stack makes, or `aws-managed`; undefined: one that it makes as well. */
  readonly keyArn: string | undefined;
  readonly tokens: readonly T[];
}

/**
 * The tokens whose adopted secrets a policy must name. The pattern stands for what a production stack left, too: its
 * secrets have the name and the key of those that the stack makes.
 */
export function adoptedByName<T extends CheckedToken>(of: AdoptingTokens<T>): T[] {
  const { environment, keyArn, tokens } = of;
  const left = ({ secretName, credentialsKeyArn }: T) =>
    secretName.startsWith(secretPath(environment)) && (credentialsKeyArn ?? AWS_MANAGED) === keyArn;
  return tokens.filter(
    (token) =>
      token.credentialsSecretArn !== undefined && (tokens.length <= MOST_TOKENS_NAMED || !left(token)),
  );
}

export interface StorePermissions {
  readonly statements: readonly PolicyStatement[];
  /**
   * For a policy of its own: it names secrets that the stack makes in its condition. The CDK, which spreads what a role may
   * do over several policies, takes such references for shorter than the ARNs that will stand there.
   */
  readonly decryption?: PolicyStatement;
}

/** What the function may do with parameters, secrets and keys. */
export function storePermissions(
  scope: Construct,
  { environment, key, tokens }: PermissionsProps,
): StorePermissions {
  const adopted = adoptedByName({ environment, keyArn: key?.keyArn ?? AWS_MANAGED, tokens });
  const own = tokens.filter((token) => !adopted.includes(token));
  const { parameters, ownSecrets } = resources(scope, { environment, tokens, own });
  const statements = [
    new PolicyStatement({ actions: ['ssm:GetParameters', 'ssm:PutParameter'], resources: parameters }),
    new PolicyStatement({
      actions: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
      resources: [...ownSecrets, ...adopted.map(({ secretArn }) => secretArn)],
    }),
  ];
  if (key !== undefined) statements.push(parameterEncryption(scope, key, parameters));
  for (const [keyArn, ofKey] of Map.groupBy(adopted, ({ credentialsKeyArn }) => credentialsKeyArn)) {
    // Without a key of its own the secret has the AWS managed one, whose policy admits whoever may read the secret.
    if (keyArn === undefined) continue;
    const secrets = ofKey.map(({ secretArn }) => secretArn);
    statements.push(decryption(scope, keyArn, secrets));
  }
  if (key === undefined || ownSecrets.length === 0) return { statements };
  return { statements, decryption: decryption(scope, key.keyArn, ownSecrets) };
}

interface Resources {
  readonly environment: string;
  readonly tokens: readonly StoredToken[];
  /** Those whose secrets have the environment's key and name. */
  readonly own: readonly StoredToken[];
}

function resources(scope: Construct, { environment, tokens, own }: Resources) {
  if (tokens.length <= MOST_TOKENS_NAMED) {
    const names = tokens.flatMap(({ name }) => [
      accessTokenParameter(environment, name),
      sessionParameter(environment, name),
    ]);
    return {
      parameters: names.map((name) => parameterArn(scope, name)),
      ownSecrets: own.map(({ secretArn }) => secretArn),
    };
  }
  return {
    parameters: [parameterArn(scope, `${parameterPath(environment)}*`)],
    ownSecrets: own.length > 0 ? [secretArn(scope, `${secretPath(environment)}*`)] : [],
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
