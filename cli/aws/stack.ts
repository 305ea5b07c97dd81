import type { Aws } from './aws.ts';

export interface Output {
  readonly description: string;
  readonly value: string;
}

export interface Stack {
  readonly status: string;
  readonly account: string;
  readonly region: string;
  readonly outputs: readonly Output[];
}

/** @returns undefined if there is no such stack */
export async function describeStack(aws: Aws, name: string): Promise<Stack | undefined> {
  const { CloudFormationClient, DescribeStacksCommand } = await import('@aws-sdk/client-cloudformation');
  const client = aws.client(CloudFormationClient);
  const answer = await client.send(new DescribeStacksCommand({ StackName: name })).catch((error) => {
    if (error.name === 'ValidationError' && /does not exist/.test(error.message)) return undefined;
    throw error;
  });
  const stack = answer?.Stacks?.[0];
  if (stack === undefined) return undefined;
  const [, , , region = '', account = ''] = stack.StackId?.split(':') ?? [];
  const outputs = stack.Outputs ?? [];
  return {
    status: stack.StackStatus ?? '',
    account,
    region,
    outputs: outputs.map(({ Description = '', OutputValue = '' }) => ({
      description: Description,
      value: OutputValue,
    })),
  };
}
