import type { RemovalPolicy } from 'aws-cdk-lib';
import { Alias, type IKey, Key } from 'aws-cdk-lib/aws-kms';
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
    new Alias(new Construct(scope, KEY_ID), ALIAS_ID, { aliasName, targetKey: key });
    return key;
  }
  const targetKey = new Key(scope, KEY_ID, {
    description: `Access tokens, sessions and credentials of ${environment}`,
    enableKeyRotation: true,
    removalPolicy,
  });
  new Alias(targetKey, ALIAS_ID, { aliasName, targetKey });
  return targetKey;
}
