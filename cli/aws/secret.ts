import type { Aws } from './aws.ts';

/** What can be known of a secret without reading it. */
export interface Secret {
  readonly id: string;
  /** Versions by their labels; none without a value. */
  readonly current?: string;
  readonly previous?: string;
}

const CURRENT = 'AWSCURRENT';

export async function describeSecret(aws: Aws, id: string): Promise<Secret> {
  const { DescribeSecretCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  const client = aws.client(SecretsManagerClient);
  const { VersionIdsToStages: stages = {} } = await client.send(new DescribeSecretCommand({ SecretId: id }));
  const labelled = (label: string) => Object.keys(stages).find((version) => stages[version]?.includes(label));
  const current = labelled(CURRENT);
  const previous = labelled('AWSPREVIOUS');
  return { id, ...(current !== undefined && { current }), ...(previous !== undefined && { previous }) };
}

/** @returns the new version's id */
export async function putSecret(aws: Aws, id: string, value: string): Promise<string> {
  const { PutSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  const client = aws.client(SecretsManagerClient);
  const { VersionId = '' } = await client.send(
    new PutSecretValueCommand({ SecretId: id, SecretString: value }),
  );
  return VersionId;
}

/** Makes another version the current one. */
export async function restoreSecret(
  aws: Aws,
  { id, from, to }: { readonly id: string; readonly from: string; readonly to: string },
): Promise<void> {
  const { SecretsManagerClient, UpdateSecretVersionStageCommand } = await import(
    '@aws-sdk/client-secrets-manager'
  );
  await aws.client(SecretsManagerClient).send(
    new UpdateSecretVersionStageCommand({
      SecretId: id,
      VersionStage: CURRENT,
      MoveToVersionId: to,
      RemoveFromVersionId: from,
    }),
  );
}

export interface ListedSecret {
  readonly name: string;
  readonly arn: string;
  /** Absent: the key that AWS manages. */
  readonly keyArn?: string;
}

export async function listSecrets(aws: Aws): Promise<ListedSecret[]> {
  const { paginateListSecrets, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  const found: ListedSecret[] = [];
  for await (const { SecretList = [] } of paginateListSecrets(
    { client: aws.client(SecretsManagerClient) },
    {},
  )) {
    for (const { Name = '', ARN = '', KmsKeyId } of SecretList) {
      found.push({ name: Name, arn: ARN, ...(KmsKeyId?.startsWith('arn:') && { keyArn: KmsKeyId }) });
    }
  }
  return found;
}

export async function readSecret(aws: Aws, id: string): Promise<string | undefined> {
  const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  return (await aws.client(SecretsManagerClient).send(new GetSecretValueCommand({ SecretId: id })))
    .SecretString;
}

/** ARN and key of a secret; undefined if there is none of that name. */
export async function findSecret(
  aws: Aws,
  name: string,
): Promise<{ readonly arn: string; readonly kmsKeyId: string | undefined } | undefined> {
  const { DescribeSecretCommand, ResourceNotFoundException, SecretsManagerClient } = await import(
    '@aws-sdk/client-secrets-manager'
  );
  try {
    const described = await aws
      .client(SecretsManagerClient)
      .send(new DescribeSecretCommand({ SecretId: name }));
    return { arn: described.ARN ?? '', kmsKeyId: described.KmsKeyId };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}
