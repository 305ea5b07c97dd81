import type { RemovalPolicy } from 'aws-cdk-lib';
import { Alias, type IAlias, type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { keyAlias } from '../contract/names.ts';
import { AWS_MANAGED } from './settings/settings.ts';

export interface EnvironmentKeyProps {
  readonly environment: string;
  /** Default: a key of the environment's own. */
  readonly key?: IKey | typeof AWS_MANAGED | undefined;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * The alias keeps its logical id whichever key it names. CloudFormation creates new resources before it deletes old ones, so
 * a second alias of the same name would make every change of the key fail.
 */
const [KEY_ID, ALIAS_ID] = ['Key', 'Alias'];

/**
 * The key behind an alias. The CDK accepts an alias as a key, but a policy matches no key by its alias's ARN, and an alias
 * cannot name another.
 *
 * @returns undefined for an alias that was looked up by name, because its key is not known.
 */
export function keyBehind(key: IKey): IKey | undefined {
  if (!('aliasName' in key)) return key;
  try {
    return (key as IAlias).aliasTargetKey;
  } catch {
    return undefined;
  }
}

/**
 * The key that encrypts an environment's parameters and secrets, and nothing else. An existing key gets the alias too, because
 * consumers' stacks know only the alias.
 *
 * @returns undefined for the keys that AWS manages.
 */
export function environmentKey(
  scope: Construct,
  { environment, key, removalPolicy }: EnvironmentKeyProps,
): IKey | undefined {
  if (key === AWS_MANAGED) return undefined;
  const aliasName = keyAlias(environment);
  if (key !== undefined) {
    const targetKey = keyBehind(key) ?? key;
    new Alias(new Construct(scope, KEY_ID), ALIAS_ID, { aliasName, targetKey });
    return targetKey;
  }
  const targetKey = new Key(scope, KEY_ID, {
    description: `Access tokens, sessions and credentials of ${environment}`,
    enableKeyRotation: true,
    removalPolicy,
  });
  new Alias(targetKey, ALIAS_ID, { aliasName, targetKey });
  return targetKey;
}
