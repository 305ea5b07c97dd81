import { credentialsSecret, secretPath } from '../../contract/names.ts';
import type { SettingPath } from './setting-error.ts';
import { AWS_MANAGED } from './settings.ts';
import type { ParsedToken } from './token.ts';

/**
 * Up to this many tokens, the function's role names every parameter and secret. More would exceed the size of a role's
 * policies, so a pattern of the environment replaces the names.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const MOST_TOKENS_NAMED = 20;

/** Friendly name of a token's secret, adopted or made: without the six random characters of the ARN. */
export const secretNameOf = (environment: string, { name, credentialsSecretArn: arn }: ParsedToken): string =>
  arn?.replace(/^.*:secret:/, '').replace(/-[A-Za-z0-9]{6}$/, '') ?? credentialsSecret(environment, name);

export interface AdoptingTokens {
  readonly environment: string;
  /** Of the key that encrypts the secrets which the stack makes, or `aws-managed`; undefined: one that it makes as well. */
  readonly keyArn: string | undefined;
  readonly tokens: readonly ParsedToken[];
}

/**
 * The tokens whose adopted secrets a policy must name. The pattern also covers secrets that a removed production stack left,
 * because they have the same names and key.
 */
export function adoptedByName({ environment, keyArn, tokens }: AdoptingTokens): ParsedToken[] {
  const isLeft = (token: ParsedToken) =>
    secretNameOf(environment, token).startsWith(secretPath(environment)) &&
    (token.credentialsKeyArn ?? AWS_MANAGED) === keyArn;
  return tokens.filter(
    (token) =>
      token.credentialsSecretArn !== undefined && (tokens.length <= MOST_TOKENS_NAMED || !isLeft(token)),
  );
}

/** A role's policies have fixed size quotas, and adopted secrets and their keys are named in full. */
const ADOPTED_ARNS_CHARACTERS = 5_000;

export function checkAdoptedArns(path: SettingPath, of: AdoptingTokens): void {
  const adopted = adoptedByName(of);
  // A policy names each once, however many tokens share a secret, and whichever secrets a key encrypts.
  const arns = new Set(
    adopted.flatMap(({ credentialsSecretArn = '', credentialsKeyArn = '' }) => [
      credentialsSecretArn,
      credentialsKeyArn,
    ]),
  );
  const characters = [...arns].join('').length;
  if (characters <= ADOPTED_ARNS_CHARACTERS) return;
  const rule = `must have ARNs of at most ${ADOPTED_ARNS_CHARACTERS} characters together, which is what IAM policies hold`;
  path.to('adopted secrets').refuse(rule, `${characters} characters`);
}
