import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * Key of each service's encryption context.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
 */
const CONTEXT_KEYS = { ssm: 'PARAMETER_ARN', secretsmanager: 'SecretARN' } as const;

type Service = keyof typeof CONTEXT_KEYS;

/**
 * Conditions under which a key is used: only by the service on the caller's behalf, and only for these resources.
 *
 * @param arns whole ARNs, or patterns with `*`.
 */
export function usedThrough(
  scope: Construct,
  service: Service,
  arns: readonly string[],
): Record<string, Record<string, unknown>> {
  const via = { 'kms:ViaService': namesOf(service, Stack.of(scope)) };
  const context = { [`kms:EncryptionContext:${CONTEXT_KEYS[service]}`]: arns };
  return arns.some((arn) => arn.includes('*'))
    ? { StringEquals: via, StringLike: context }
    : { StringEquals: { ...via, ...context } };
}

/**
 * Service names in `kms:ViaService`. Sources disagree about partitions with their own domain (China, the European Sovereign
 * Cloud), so both names are allowed. Elsewhere they are equal, which IAM accepts. AWS owns both domains.
 */
const namesOf = (service: Service, { region, urlSuffix }: Stack): string[] =>
  ['amazonaws.com', urlSuffix].map((domain) => `${service}.${region}.${domain}`);
