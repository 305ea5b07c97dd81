import { SSMClient } from '@aws-sdk/client-ssm';
import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import { createCleanUpHandler } from './create-clean-up-handler.ts';
import { ssmParameterDeletion } from './delete-parameters.ts';

// Deleting many parameters at the default rate of Parameter Store takes some patience.
const deleteParameters = ssmParameterDeletion(new SSMClient({ maxAttempts: 10, retryMode: 'adaptive' }));

/** Lambda's entry for the custom resource that cleans up. */
export const handler: (event: CloudFormationCustomResourceEvent, context: Context) => Promise<void> =
  createCleanUpHandler({ deleteParameters });
