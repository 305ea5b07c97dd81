import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { tokenResourceName } from '../contract/names.ts';
import type { RefreshRequestBody } from '../contract/requests.ts';

export interface CredentialsRuleProps {
  readonly environment: string;
  readonly token: string;
  /** Friendly name, without the six random characters of the ARN. */
  readonly secretName: string;
  /** Its policy must admit the environment's rules. */
  readonly queue: IQueue;
}

/**
 * Asks for a refresh when new credentials are stored, so that they are tried at once. If the event is lost, the next
 * scheduled refresh finds the new version.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/event-detail-secret-label-updated-secretsmanager.html
 */
export function credentialsRule(scope: Construct, id: string, props: CredentialsRuleProps): Rule {
  const { environment, token, secretName, queue } = props;
  const body: RefreshRequestBody = {
    token,
    requestedBy: 'credentials',
    versionId: EventField.fromPath('$.detail.versionId'),
  };
  const input = RuleTargetInput.fromObject(body);
  return new Rule(scope, id, {
    ruleName: tokenResourceName(environment, token),
    description: `Asks for a refresh of token ${token} of ${environment} when its credentials change`,
    eventPattern: {
      source: ['aws.secretsmanager'],
      detailType: ['Secret Label Updated'],
      detail: { name: [secretName], labelUpdated: ['AWSCURRENT'] },
    },
    // Not CDK's SqsQueue: it adds a statement to the queue's policy for every rule.
    targets: [{ bind: () => ({ arn: queue.queueArn, sqsParameters: { messageGroupId: token }, input }) }],
  });
}
