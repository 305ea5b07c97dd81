import { randomUUID } from 'node:crypto';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { expect } from 'vitest';
import { type AwsConnection, type ContractCases, unique } from './connection.ts';

/** As the stack makes it: without a value. */
async function create(aws: AwsConnection): Promise<string> {
  const Name = `${unique(aws)}/credentials`;
  await aws.secrets.send(new CreateSecretCommand({ Name }));
  return Name;
}

async function put({ secrets }: AwsConnection, SecretId: string, SecretString: string): Promise<string> {
  const { VersionId = '' } = await secrets.send(new PutSecretValueCommand({ SecretId, SecretString }));
  return VersionId;
}

const read = ({ secrets }: AwsConnection, SecretId: string, VersionId?: string) =>
  secrets.send(new GetSecretValueCommand({ SecretId, VersionId }));

const describe = ({ secrets }: AwsConnection, SecretId: string) =>
  secrets.send(new DescribeSecretCommand({ SecretId }));

export const secretCases: ContractCases = {
  'secret: one without a value has no versions': async (aws) => {
    const description = await describe(aws, await create(aws));
    expect(description.ARN).toMatch(/^arn:aws:secretsmanager:.*-\w{6}$/);
    expect(description.VersionIdsToStages).toBeUndefined();
  },

  'secret: one without a value cannot be read': async (aws) => {
    await expect(read(aws, await create(aws))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: expect.stringContaining('staging label: AWSCURRENT'),
    });
  },

  'secret: an unknown one cannot be read or described': async (aws) => {
    const name = unique(aws);
    await expect(read(aws, name)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(describe(aws, name)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  },

  'secret: the first value is AWSCURRENT': async (aws) => {
    const name = await create(aws);
    const version = await put(aws, name, 'first');
    expect(await read(aws, name)).toMatchObject({
      SecretString: 'first',
      VersionId: version,
      VersionStages: ['AWSCURRENT'],
    });
  },

  'secret: the first value makes the first version': async (aws) => {
    const name = await create(aws);
    const version = await put(aws, name, 'first');
    expect((await describe(aws, name)).VersionIdsToStages).toEqual({ [version]: ['AWSCURRENT'] });
  },

  'secret: a new value moves AWSCURRENT, and AWSPREVIOUS with it': async (aws) => {
    const name = await create(aws);
    const first = await put(aws, name, 'first');
    const second = await put(aws, name, 'second');
    expect(await read(aws, name)).toMatchObject({ SecretString: 'second', VersionId: second });
    expect((await describe(aws, name)).VersionIdsToStages).toEqual({
      [first]: ['AWSPREVIOUS'],
      [second]: ['AWSCURRENT'],
    });
  },

  'secret: versions without a label are not described': async (aws) => {
    const name = await create(aws);
    await put(aws, name, 'first');
    const second = await put(aws, name, 'second');
    const third = await put(aws, name, 'third');
    expect((await describe(aws, name)).VersionIdsToStages).toEqual({
      [second]: ['AWSPREVIOUS'],
      [third]: ['AWSCURRENT'],
    });
  },

  'secret: a version is read by its id': async (aws) => {
    const name = await create(aws);
    const first = await put(aws, name, 'first');
    await put(aws, name, 'second');
    expect(await read(aws, name, first)).toMatchObject({ SecretString: 'first', VersionId: first });
    await expect(read(aws, name, randomUUID())).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  },

  'secret: is found by its ARN, too': async (aws) => {
    const name = await create(aws);
    const version = await put(aws, name, 'first');
    const { ARN = '' } = await describe(aws, name);
    expect(await read(aws, ARN)).toMatchObject({ Name: name, VersionId: version });
  },

  'secret: the same request again adds no version': async (aws) => {
    const SecretId = await create(aws);
    const ClientRequestToken = randomUUID();
    const request = { SecretId, SecretString: 'first', ClientRequestToken };
    await aws.secrets.send(new PutSecretValueCommand(request));
    const again = await aws.secrets.send(new PutSecretValueCommand(request));
    expect(again.VersionId).toBe(ClientRequestToken);
    expect((await describe(aws, SecretId)).VersionIdsToStages).toMatchObject({
      [ClientRequestToken]: ['AWSCURRENT'],
    });
  },

  'secret: the same request token with another value is refused': async (aws) => {
    const SecretId = await create(aws);
    const ClientRequestToken = randomUUID();
    const request = { SecretId, SecretString: 'first', ClientRequestToken };
    await aws.secrets.send(new PutSecretValueCommand(request));
    await expect(
      aws.secrets.send(new PutSecretValueCommand({ ...request, SecretString: 'second' })),
    ).rejects.toMatchObject({ name: 'ResourceExistsException' });
  },

  'secret: an empty value is refused': async (aws) => {
    const name = await create(aws);
    await expect(put(aws, name, '')).rejects.toMatchObject({ name: 'InvalidRequestException' });
  },

  'secret: the previous value is restored by moving AWSCURRENT back': async (aws) => {
    const name = await create(aws);
    const first = await put(aws, name, 'first');
    const second = await put(aws, name, 'second');
    const move = { SecretId: name, VersionStage: 'AWSCURRENT', MoveToVersionId: first };
    await aws.secrets.send(new UpdateSecretVersionStageCommand({ ...move, RemoveFromVersionId: second }));
    expect(await read(aws, name)).toMatchObject({ SecretString: 'first', VersionId: first });
    expect((await describe(aws, name)).VersionIdsToStages).toEqual({
      [first]: ['AWSCURRENT'],
      [second]: ['AWSPREVIOUS'],
    });
  },

  'secret: AWSCURRENT does not move without saying from where': async (aws) => {
    const name = await create(aws);
    const first = await put(aws, name, 'first');
    await put(aws, name, 'second');
    const move = { SecretId: name, VersionStage: 'AWSCURRENT', MoveToVersionId: first };
    await expect(aws.secrets.send(new UpdateSecretVersionStageCommand(move))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  },
};
