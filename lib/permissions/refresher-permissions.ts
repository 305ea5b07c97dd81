import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { accessTokenParameter, parameterPath, secretPath, sessionParameter } from '../../contract/names.ts';
import { parameterArn, secretArn } from '../arns.ts';
import { adoptedByName, MOST_TOKENS_NAMED } from '../settings/credentials.ts';
import { AWS_MANAGED } from '../settings/settings.ts';
import type { ParsedToken } from '../settings/token.ts';
import { usedThrough } from './key-conditions.ts';

/** Why there is a pattern beyond that number. */
export const TOO_MANY_TO_NAME =
  "The tokens' names would outgrow a role's policies: one pattern bound to the environment stands for them.";

/** A token and where its credentials are. */
export interface TokenWithSecret {
  readonly token: ParsedToken;
  /** Whole ARN of its secret, adopted or made by the stack. */
  readonly secretArn: string;
}

export interface PermissionsProps {
  readonly environment: string;
  /** Undefined: the AWS managed ones, whose policies admit whoever may use the parameter or secret. */
  readonly key: IKey | undefined;
  readonly tokens: readonly TokenWithSecret[];
}

export interface StorePermissions {
  readonly statements: readonly PolicyStatement[];
  /**
   * Needs its own policy: its condition names secrets that the stack makes. The CDK splits policies by size, but counts such
   * references as shorter than the ARNs that replace them.
   */
  readonly decryption?: PolicyStatement;
}

/** The function's permissions for parameters, secrets and keys. */
export function storePermissions(
  scope: Construct,
  { environment, key, tokens }: PermissionsProps,
): StorePermissions {
  const keyArn = key?.keyArn ?? AWS_MANAGED;
  const named = adoptedByName({ environment, keyArn, tokens: tokens.map(({ token }) => token) });
  const adopted = tokens.filter(({ token }) => named.includes(token));
  const own = tokens.filter(({ token }) => !named.includes(token));
  const { parameters, ownSecrets } = resources(scope, { environment, tokens, own });
  const statements = [
    new PolicyStatement({ actions: ['ssm:GetParameters', 'ssm:PutParameter'], resources: parameters }),
    new PolicyStatement({
      actions: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
      resources: [...new Set([...ownSecrets, ...adopted.map(({ secretArn }) => secretArn)])],
    }),
  ];
  if (key !== undefined) statements.push(parameterEncryption(scope, key, parameters));
  for (const [keyArn, ofKey] of Map.groupBy(adopted, ({ token }) => token.credentialsKeyArn)) {
    // Without a key of its own the secret has the AWS managed one, whose policy admits whoever may read the secret.
    if (keyArn === undefined) continue;
    const secrets = [...new Set(ofKey.map(({ secretArn }) => secretArn))];
    statements.push(decryption(scope, keyArn, secrets));
  }
  if (key === undefined || ownSecrets.length === 0) return { statements };
  return { statements, decryption: decryption(scope, key.keyArn, ownSecrets) };
}

interface Resources {
  readonly environment: string;
  readonly tokens: readonly TokenWithSecret[];
  /** Those whose secrets have the environment's key and name. */
  readonly own: readonly TokenWithSecret[];
}

function resources(scope: Construct, { environment, tokens, own }: Resources) {
  if (tokens.length <= MOST_TOKENS_NAMED) {
    const names = tokens.flatMap(({ token: { name } }) => [
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
