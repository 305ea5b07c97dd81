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
 * The alias is one and the same resource whichever key it names. CloudFormation makes the new before it deletes the old:
 * a second alias of the same name would make every change of the key fail.
 */
const [KEY_ID, ALIAS_ID] = ['Key', 'Alias'];

/**
 * The key behind an alias, which the CDK takes for a key. IAM and KMS do not: a policy matches no key by its alias's ARN,
 * and no alias can name another.
 *
 * @returns undefined for an alias that was found by its name, which does not tell its key.
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
 * The key that encrypts an environment's parameters and secrets, and nothing else. It is found by its alias, an existing
 * one as well: consumers' stacks know no other name of it.
 *
 * @returns undefined for those of AWS.
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
