import { DescribeParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { queryCall } from '../../local/aws/emulator.ts';
import { clientConfig } from '../../local/clean-environment.ts';

const CLOUDFORMATION = { service: 'cloudformation', Version: '2010-05-15' } as const;
const CLOUDWATCH = { service: 'monitoring', Version: '2010-08-01' } as const;

/** What whoever may look at a stack sees of it, by the action that shows it: nothing there may be secret. */
export async function seenFromOutside(endpoint: string, stackName: string): Promise<Record<string, string>> {
  const ask = ({ service, Version }: typeof CLOUDFORMATION | typeof CLOUDWATCH, Action: string) =>
    queryCall(endpoint, service, { Action, Version, StackName: stackName });
  const ssm = new SSMClient(clientConfig(endpoint));
  return {
    GetTemplate: await ask(CLOUDFORMATION, 'GetTemplate'),
    DescribeStacks: await ask(CLOUDFORMATION, 'DescribeStacks'),
    DescribeStackEvents: await ask(CLOUDFORMATION, 'DescribeStackEvents'),
    DescribeStackResources: await ask(CLOUDFORMATION, 'DescribeStackResources'),
    DescribeAlarms: await ask(CLOUDWATCH, 'DescribeAlarms'),
    DescribeAlarmHistory: await ask(CLOUDWATCH, 'DescribeAlarmHistory'),
    DescribeParameters: JSON.stringify(await ssm.send(new DescribeParametersCommand({}))),
  };
}
