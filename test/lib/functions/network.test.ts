import { describe, expect, it } from 'vitest';
import { NETWORK_ACTIONS } from '../../../lib/functions/network.ts';
import { verdictOnEnvironment } from '../settings/verdict.ts';
import { NETWORK as network, resourceOf, templateOf } from '../synth.ts';

describe('a function in a VPC', () => {
  const template = templateOf({ network });

  it('stands in the subnets and behind the security groups', () => {
    expect(resourceOf(template, 'AWS::Lambda::Function', 'RefresherFunction').Properties.VpcConfig).toEqual({
      SubnetIds: network.subnetIds,
      SecurityGroupIds: network.securityGroupIds,
    });
  });

  it('is attached by Lambda in the name of its role, whose own code may not do the same', () => {
    const attach = { Action: [...NETWORK_ACTIONS], Resource: '*' };
    const anyFunction = 'arn:aws:lambda:ap-southeast-2:123456789012:function:*';
    const { PolicyDocument } = resourceOf(template, 'AWS::IAM::Policy', 'RefresherFunctionRole').Properties;
    expect(PolicyDocument).toMatchObject({
      Statement: expect.arrayContaining([
        { Effect: 'Allow', ...attach },
        {
          Effect: 'Deny',
          ...attach,
          Condition: { ArnLike: { 'lambda:SourceFunctionArn': anyFunction } },
        },
      ]),
    });
  });

  it('is not the default, which needs none of that', () => {
    expect(JSON.stringify(templateOf().toJSON())).not.toMatch(/VpcConfig|ec2:/);
  });
});

describe('the setting', () => {
  it.each([
    [{ network }, 'accepted'],
    [{ network: { ...network, subnetIds: [] } }, 'network.subnetIds: must be a list of at least one id'],
    [{ network: { ...network, subnetIds: ['vpc-1'] } }, 'got "vpc-1"'],
    [{ network: { subnetIds: network.subnetIds } }, 'network.securityGroupIds: must be a list'],
    [{ network: { ...network, vpcId: 'vpc-1' } }, '"vpcId": there is no such setting'],
  ])('%o: %s', (change, says) => {
    expect(verdictOnEnvironment(change)).toContain(says);
  });
});
