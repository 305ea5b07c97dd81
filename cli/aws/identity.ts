import type { Aws } from './aws.ts';

export interface Identity {
  readonly account: string;
  readonly arn: string;
  readonly region: string;
}

export async function identity(aws: Aws): Promise<Identity> {
  const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
  const sts = aws.client(STSClient);
  const { Account = '', Arn = '' } = await sts.send(new GetCallerIdentityCommand());
  return { account: Account, arn: Arn, region: await sts.config.region() };
}
