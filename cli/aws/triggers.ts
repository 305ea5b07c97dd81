import type { Aws } from './aws.ts';

/** `ENABLED`, `DISABLED`; undefined if there is no such schedule. */
export async function scheduleState(aws: Aws, group: string, name: string): Promise<string | undefined> {
  const { GetScheduleCommand, SchedulerClient } = await import('@aws-sdk/client-scheduler');
  const schedule = new GetScheduleCommand({ GroupName: group, Name: name });
  try {
    return (await aws.client(SchedulerClient).send(schedule)).State;
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

/** `Enabled` and so on: of each event source mapping from a queue to a function. */
export async function mappingStates(aws: Aws, queueArn: string): Promise<string[]> {
  const { LambdaClient, ListEventSourceMappingsCommand } = await import('@aws-sdk/client-lambda');
  const answer = await aws
    .client(LambdaClient)
    .send(new ListEventSourceMappingsCommand({ EventSourceArn: queueArn }));
  return (answer.EventSourceMappings ?? []).map(({ State = '' }) => State);
}

/** Subscribers of a topic. Before an address is confirmed, AWS returns no ARN for it. */
export async function subscribersOf(
  aws: Aws,
  topicArn: string,
): Promise<{ readonly endpoint: string; readonly isConfirmed: boolean }[]> {
  const { ListSubscriptionsByTopicCommand, SNSClient } = await import('@aws-sdk/client-sns');
  const answer = await aws
    .client(SNSClient)
    .send(new ListSubscriptionsByTopicCommand({ TopicArn: topicArn }));
  return (answer.Subscriptions ?? []).map(({ Endpoint = '', SubscriptionArn = '' }) => ({
    endpoint: Endpoint,
    isConfirmed: SubscriptionArn.startsWith('arn:'),
  }));
}
