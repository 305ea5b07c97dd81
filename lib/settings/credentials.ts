import { credentialsSecret, secretPath } from '../../contract/names.ts';
import { AWS_MANAGED } from './settings.ts';

/**
 * Up to this many tokens the function's role names every parameter and secret; more would outgrow the policies that
 * a role can have, so beyond it one pattern bound to the environment stands for them.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const MOST_TOKENS_NAMED = 20;

interface Credentials {
  readonly name: string;
  readonly credentialsSecretArn?: string | undefined;
  readonly credentialsKeyArn?: string | undefined;
}

/** Friendly name of a token's secret, adopted or made: without the six random characters of the ARN. */
export const secretNameOf = (
  environment: string,
  { name, credentialsSecretArn: arn }: Credentials,
): string =>
  arn === undefined
    ? credentialsSecret(environment, name)
    : arn.replace(/^.*:secret:/, '').replace(/-[A-Za-z0-9]{6}$/, '');

export interface AdoptingTokens<T extends Credentials> {
  readonly environment: string;
  /** Of the key that encrypts the secrets which the stack makes, or `aws-managed`; undefined: one that it makes as well. */
  readonly keyArn: string | undefined;
  readonly tokens: readonly T[];
}

/**
 * The tokens whose adopted secrets a policy must name. The pattern stands for what a production stack left, too: its
 * secrets have the name and the key of those that the stack makes.
 */
export function adoptedByName<T extends Credentials>({
  environment,
  keyArn,
  tokens,
}: AdoptingTokens<T>): T[] {
  const isLeft = (token: T) =>
    secretNameOf(environment, token).startsWith(secretPath(environment)) &&
    (token.credentialsKeyArn ?? AWS_MANAGED) === keyArn;
  return tokens.filter(
    (token) =>
      token.credentialsSecretArn !== undefined && (tokens.length <= MOST_TOKENS_NAMED || !isLeft(token)),
  );
}
