import { SSMClient } from '@aws-sdk/client-ssm';
import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import { createCleanUpHandler } from './create-clean-up-handler.ts';
import { ssmParameterDeletion } from './delete-parameters.ts';

// Deleting many parameters meets Parameter Store's default rate limit.
const deleteParameters = ssmParameterDeletion(new SSMClient({ maxAttempts: 10, retryMode: 'adaptive' }));

/** Lambda's entry point for the custom resource that deletes parameters. */
export const handler: (event: CloudFormationCustomResourceEvent, context: Context) => Promise<void> =
  createCleanUpHandler({ deleteParameters });
