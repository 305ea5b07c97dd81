import type { Aws } from './aws.ts';

/** A parameter, without its value. */
export interface Parameter {
  readonly name: string;
  readonly description: string;
  readonly version: number;
  /** Milliseconds since the epoch. */
  readonly changedAt: number;
}

/** All that are below a path. */
export async function describeParameters(aws: Aws, path: string): Promise<Parameter[]> {
  const { paginateDescribeParameters, SSMClient } = await import('@aws-sdk/client-ssm');
  const found: Parameter[] = [];
  const pages = paginateDescribeParameters(
    { client: aws.client(SSMClient), pageSize: 50 },
    { ParameterFilters: [{ Key: 'Path', Option: 'Recursive', Values: [path] }] },
  );
  for await (const { Parameters = [] } of pages) {
    for (const { Name = '', Description = '', Version = 0, LastModifiedDate } of Parameters) {
      const changedAt = LastModifiedDate?.getTime() ?? 0;
      found.push({ name: Name, description: Description, version: Version, changedAt });
    }
  }
  return found;
}

/** The decrypted value; undefined if there is none. */
export async function readParameter(aws: Aws, name: string): Promise<string | undefined> {
  const { GetParametersCommand, SSMClient } = await import('@aws-sdk/client-ssm');
  const client = aws.client(SSMClient);
  const { Parameters = [] } = await client.send(
    new GetParametersCommand({ Names: [name], WithDecryption: true }),
  );
  return Parameters[0]?.Value;
}
