import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { acknowledgePatterns } from '../nag.ts';
import type { NetworkSettings } from '../settings/settings.ts';
import type { RefresherFunction } from './refresher-function.ts';

/**
 * Actions that Lambda performs with the function's role to attach it to a VPC. AWS requires `*` as the resource.
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

export function placeInNetwork({ handler, role }: RefresherFunction, network: NetworkSettings): void {
  (handler.node.defaultChild as CfnFunction).vpcConfig = {
    subnetIds: [...network.subnetIds],
    securityGroupIds: [...network.securityGroupIds],
  };
  const attach = { actions: [...NETWORK_ACTIONS], resources: ['*'] };
  role.addToPolicy(new PolicyStatement(attach));
  role.addToPolicy(new PolicyStatement({ ...attach, effect: Effect.DENY, conditions: askedByCode(handler) }));
  acknowledgePatterns(
    role,
    ['*'],
    'Lambda attaches the function to its VPC in the name of its role, on any resource; code in a function is denied it.',
  );
}

/**
 * Denies these actions to the function's code: `lambda:SourceFunctionArn` is set for calls of the code, but not for Lambda's
 * own. A pattern, because the function depends on its role's policy, which therefore cannot name it.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
 */
function askedByCode(scope: Construct): Record<string, Record<string, string>> {
  const anyFunction = Stack.of(scope).formatArn({
    service: 'lambda',
    resource: 'function',
    resourceName: '*',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  return { ArnLike: { 'lambda:SourceFunctionArn': anyFunction } };
}
