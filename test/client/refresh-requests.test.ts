import { readFileSync } from 'node:fs';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { requestText, sqsRefreshRequests } from '../../client/refresh-requests.ts';
import { requestQueueName } from '../../contract/names.ts';
import type { FifoQueue } from '../../fakes/memory-aws/fifo-queue.ts';
import { type MemoryAws, startMemoryAws } from '../../fakes/memory-aws/server.ts';
import { parseRequest } from '../../lambda/refresh/request.ts';
import { clientConfig } from '../../local/clean-environment.ts';

const TOKEN = 'payments-api';
const signal = new AbortController().signal;

let aws: MemoryAws;
let queue: FifoQueue;
beforeEach(async () => {
  aws = await startMemoryAws();
  queue = aws.queues.create(requestQueueName('sandbox'), {
    contentBasedDeduplication: true,
    deduplicationScope: 'messageGroup',
  });
});
afterEach(() => aws.close());

const newRequests = () =>
  sqsRefreshRequests({
    token: TOKEN,
    queueUrl: aws.queues.url(queue.name),
    client: new SQSClient(clientConfig(aws.endpoint)),
    clientConfig: {},
  });

function received(): { body: string; groupId: string }[] {
  const messages: { body: string; groupId: string }[] = [];
  for (let [message] = queue.receive(); message !== undefined; [message] = queue.receive()) {
    messages.push({ body: message.body, groupId: message.groupId });
    queue.delete(message.receiptHandle);
  }
  return messages;
}

it('sends what the refresher accepts, in the token’s group', async () => {
  await newRequests().send(7, signal);
  const [message] = received();
  expect(message?.groupId).toBe(TOKEN);
  const parsed = parseRequest({
    messageId: '1',
    receiptHandle: '1',
    body: message?.body ?? '',
    attributes: { MessageGroupId: TOKEN, SentTimestamp: '1', ApproximateReceiveCount: '1' },
  });
  expect(parsed).toMatchObject({ token: TOKEN, requestedBy: 'consumer', rejectedVersion: 7 });
});

it('any number of processes that name the same version are one message; the next version is another', async () => {
  const processes = Array.from({ length: 20 }, newRequests);
  await Promise.all(processes.map((requests) => requests.send(7, signal)));
  await newRequests().send(8, signal);
  await newRequests().send(7, signal);
  expect(received().map(({ body }) => JSON.parse(body).rejectedVersion)).toEqual([7, 8]);
});

it('sends the same text as the Python client', () => {
  const python = readFileSync(
    new URL('../../client-python/token_refresher_client/refresh_requests.py', import.meta.url),
    'utf8',
  );
  expect(python).toContain(requestText('payments-api', 7));
});

it('without the permission names it', async () => {
  aws.faults.add({ operation: 'SendMessage', fault: 'deny' });
  await expect(newRequests().send(7, signal)).rejects.toMatchObject({
    code: 'AccessDenied',
    permission: 'sqs:SendMessage',
  });
});

it('with another failure of SQS says so', async () => {
  aws.faults.add({ operation: 'SendMessage', fault: 'error500', times: 5 });
  await expect(newRequests().send(7, signal)).rejects.toMatchObject({
    code: 'RefreshRequestFailed',
    retryable: true,
  });
});
