import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * What each service sets as encryption context, bound to the ciphertext.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
 */
const CONTEXT_KEYS = { ssm: 'PARAMETER_ARN', secretsmanager: 'SecretARN' } as const;

/**
 * Conditions under which a key is used: only by the service on the caller's behalf, and only for these resources.
 *
 * @param arns whole ARNs, or patterns with `*`.
 */
export function usedThrough(
  scope: Construct,
  service: keyof typeof CONTEXT_KEYS,
  arns: readonly string[],
): Record<string, Record<string, unknown>> {
  const via = { 'kms:ViaService': `${service}.${Stack.of(scope).region}.amazonaws.com` };
  const context = { [`kms:EncryptionContext:${CONTEXT_KEYS[service]}`]: arns };
  return arns.some((arn) => arn.includes('*'))
    ? { StringEquals: via, StringLike: context }
    : { StringEquals: { ...via, ...context } };
}
