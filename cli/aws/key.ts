import type { Aws } from './aws.ts';

/** ARN of the key that an alias names; undefined if there is no such alias. */
export async function findKey(aws: Aws, alias: string): Promise<string | undefined> {
  const { DescribeKeyCommand, KMSClient, NotFoundException } = await import('@aws-sdk/client-kms');
  try {
    return (await aws.client(KMSClient).send(new DescribeKeyCommand({ KeyId: alias }))).KeyMetadata?.Arn;
  } catch (error) {
    if (error instanceof NotFoundException) return undefined;
    throw error;
  }
}
