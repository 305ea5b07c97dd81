import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Token } from '../token.ts';
import { policyPath } from './operators.ts';

/** Lets a role outside the CDK read one access token: what `grantRead` gives, as a managed policy to attach. */
export function readerPolicy(scope: Construct, id: string, token: Token): ManagedPolicy {
  const policy = new ManagedPolicy(scope, id, {
    path: policyPath(token.environment),
    description: `Reads access token ${token.name} of ${token.environment}`,
  });
  token.grantRead(policy).assertSuccess();
  return policy;
}
