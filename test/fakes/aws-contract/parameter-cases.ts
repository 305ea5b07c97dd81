import {
  DeleteParametersCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParametersCommand,
  type Parameter,
  PutParameterCommand,
  type PutParameterCommandInput,
} from '@aws-sdk/client-ssm';
import { expect } from 'vitest';
import { type AwsConnection, type ContractCases, unique } from './connection.ts';

const MANAGED_KEY = 'alias/aws/ssm';

type Write = Partial<PutParameterCommandInput> & Pick<PutParameterCommandInput, 'Name' | 'Value'>;

/** A write as the refresher makes it, unless the case says otherwise. */
const put = ({ ssm }: AwsConnection, write: Write) =>
  ssm.send(
    new PutParameterCommand({ Type: 'SecureString', Tier: 'Intelligent-Tiering', Overwrite: true, ...write }),
  );

async function get({ ssm }: AwsConnection, Name: string, WithDecryption = true): Promise<Parameter> {
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name, WithDecryption }));
  return Parameter ?? {};
}

const nameFor = (aws: AwsConnection): string => `/${unique(aws)}/access-token`;

export const parameterCases: ContractCases = {
  'parameter: the first write creates version 1, readable at once': async (aws) => {
    const Name = nameFor(aws);
    const before = aws.now();
    const written = await put(aws, { Name, Value: 'one' });
    expect(written.Version).toBe(1);
    const read = await get(aws, Name);
    expect(read).toMatchObject({ Name, Value: 'one', Version: 1, Type: 'SecureString' });
    expect(Math.abs((read.LastModifiedDate?.getTime() ?? 0) - before)).toBeLessThan(3_000);
  },

  'parameter: a write over it raises version and date': async (aws) => {
    const Name = nameFor(aws);
    await put(aws, { Name, Value: 'one' });
    const first = await get(aws, Name);
    await aws.pass(1.5);
    expect(await put(aws, { Name, Value: 'two' })).toMatchObject({ Version: 2 });
    const second = await get(aws, Name);
    expect(second).toMatchObject({ Value: 'two', Version: 2 });
    const between = Number(second.LastModifiedDate) - Number(first.LastModifiedDate);
    expect(between).toBeGreaterThan(1_000);
    expect(between).toBeLessThan(5_000);
  },

  'parameter: a write over it without Overwrite is refused': async (aws) => {
    const Name = nameFor(aws);
    await put(aws, { Name, Value: 'one' });
    await expect(put(aws, { Name, Value: 'two', Overwrite: false })).rejects.toMatchObject({
      name: 'ParameterAlreadyExists',
    });
  },

  'parameter: a SecureString is plain with decryption only': async (aws) => {
    const Name = nameFor(aws);
    await put(aws, { Name, Value: 'secret-value' });
    const encrypted = await get(aws, Name, false);
    expect(encrypted.Type).toBe('SecureString');
    expect(encrypted.Value).toBeTruthy();
    expect(encrypted.Value).not.toContain('secret-value');
    expect(Buffer.from(encrypted.Value ?? '', 'base64').toString()).not.toContain('secret-value');
  },

  'parameter: the first write needs a Type': async (aws) => {
    await expect(put(aws, { Name: nameFor(aws), Value: 'one', Type: undefined })).rejects.toMatchObject({
      name: 'ValidationException',
    });
  },

  'parameter: the standard tier does not hold 4,097 bytes': async (aws) => {
    const write = put(aws, { Name: nameFor(aws), Value: 'x'.repeat(4097), Tier: 'Standard' });
    await expect(write).rejects.toMatchObject({ name: 'ValidationException' });
  },

  'parameter: one that is missing is listed by GetParameters, an error of GetParameter': async (aws) => {
    const Name = nameFor(aws);
    const missing = nameFor(aws);
    await put(aws, { Name, Value: 'one' });
    const both = await aws.ssm.send(
      new GetParametersCommand({ Names: [Name, missing], WithDecryption: true }),
    );
    expect(both.Parameters).toMatchObject([{ Name, Value: 'one', Version: 1 }]);
    expect(both.InvalidParameters).toEqual([missing]);
    await expect(get(aws, missing)).rejects.toMatchObject({ name: 'ParameterNotFound' });
  },

  'parameter: an empty value is refused': async (aws) => {
    await expect(put(aws, { Name: nameFor(aws), Value: '' })).rejects.toMatchObject({
      name: 'ValidationException',
    });
  },

  'parameter: Intelligent-Tiering is Standard at 4,096 bytes, Advanced above and for ever after': async (
    aws,
  ) => {
    const Name = nameFor(aws);
    expect(await put(aws, { Name, Value: 'x'.repeat(4096) })).toMatchObject({ Tier: 'Standard' });
    expect(await put(aws, { Name, Value: 'x'.repeat(4097) })).toMatchObject({ Tier: 'Advanced' });
    expect(await put(aws, { Name, Value: 'x' })).toMatchObject({ Tier: 'Advanced' });
    expect(await get(aws, Name)).toMatchObject({ Value: 'x', Version: 3 });
  },

  'parameter: 8,192 bytes are the most': async (aws) => {
    const Name = nameFor(aws);
    await put(aws, { Name, Value: 'x'.repeat(8192) });
    expect((await get(aws, Name)).Value).toHaveLength(8192);
  },

  'parameter: 8,193 bytes are refused, and what was stored stays': async (aws) => {
    const Name = nameFor(aws);
    await put(aws, { Name, Value: 'small' });
    await expect(put(aws, { Name, Value: 'x'.repeat(8193) })).rejects.toMatchObject({
      name: 'ValidationException',
    });
    expect(await get(aws, Name)).toMatchObject({ Value: 'small', Version: 1 });
  },

  'parameter: description and key are readable without its value': async (aws) => {
    const Name = nameFor(aws);
    await put(aws, { Name, Value: 'one', Description: 'how=login expires=2026-11-21T09:30:00Z' });
    const filter = { Key: 'Path', Option: 'Recursive', Values: [Name.replace(/\/[^/]*$/, '')] };
    const { Parameters } = await aws.ssm.send(new DescribeParametersCommand({ ParameterFilters: [filter] }));
    expect(Parameters).toMatchObject([
      { Name, Description: 'how=login expires=2026-11-21T09:30:00Z', KeyId: MANAGED_KEY },
    ]);
    expect(JSON.stringify(Parameters)).not.toContain('"one"');
  },

  'parameter: what is deleted is gone, and begins anew': async (aws) => {
    const Name = nameFor(aws);
    const missing = nameFor(aws);
    await put(aws, { Name, Value: 'one' });
    await put(aws, { Name, Value: 'two' });
    const deleted = await aws.ssm.send(new DeleteParametersCommand({ Names: [Name, missing] }));
    expect(deleted).toMatchObject({ DeletedParameters: [Name], InvalidParameters: [missing] });
    await expect(get(aws, Name)).rejects.toMatchObject({ name: 'ParameterNotFound' });
    expect(await put(aws, { Name, Value: 'three' })).toMatchObject({ Version: 1 });
  },
};
