import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { acknowledgePatterns } from './nag.ts';
import type { RefresherFunction } from './refresher-function.ts';
import { checkKeys, SettingError, show } from './setting-error.ts';
import type { NetworkSettings } from './settings.ts';

const IDS = {
  subnetIds: { pattern: /^subnet-[0-9a-f]{8,17}$/, example: 'subnet-0123456789abcdef0' },
  securityGroupIds: { pattern: /^sg-[0-9a-f]{8,17}$/, example: 'sg-0123456789abcdef0' },
} as const;

/**
 * What Lambda does in the role's name to attach a function to a VPC; these actions are not bound to a network interface
 * that does not exist yet.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
 */
export const NETWORK_ACTIONS = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
] as const;

/** @throws SettingError */
export function checkNetwork(environment: string, network: NetworkSettings | undefined): void {
  if (network === undefined) return;
  checkKeys({ environment }, network, { subnetIds: true, securityGroupIds: true });
  for (const setting of ['subnetIds', 'securityGroupIds'] as const) {
    const ids: unknown = network[setting];
    const { pattern, example } = IDS[setting];
    const good = (id: unknown): boolean => typeof id === 'string' && pattern.test(id);
    if (Array.isArray(ids) && ids.length > 0 && ids.every(good)) continue;
    const wrong = Array.isArray(ids) ? (ids.find((id) => !good(id)) ?? ids) : ids;
    throw new SettingError(
      { environment, setting: `network.${setting}` },
      `must be a list of at least one id, such as "${example}"`,
      show(wrong),
    );
  }
}

/** @param network checked. */
export function placeInNetwork({ handler, role }: RefresherFunction, network: NetworkSettings): void {
  (handler.node.defaultChild as CfnFunction).vpcConfig = {
    subnetIds: [...network.subnetIds],
    securityGroupIds: [...network.securityGroupIds],
  };
  role.addToPolicy(new PolicyStatement({ actions: [...NETWORK_ACTIONS], resources: ['*'] }));
  acknowledgePatterns(
    role,
    ['*'],
    'Lambda attaches the function to its VPC in the name of its role; the network interfaces do not exist yet.',
  );
}
