import { setTimeout as sleep } from 'node:timers/promises';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import {
  accessTokenParameter,
  credentialsSecret,
  requestQueueName,
  sessionParameter,
} from '../../contract/names.ts';
import { LOCAL_ACCOUNT } from '../../fakes/local-account.ts';
import { startTokenApi, type TokenApi } from '../../fakes/token-api/token-api-server.ts';
import { awsEdges } from '../../lambda/aws-edges.ts';
import { createHandler, type Handler } from '../../lambda/create-handler.ts';
import { clientConfig } from '../../local/clean-environment.ts';
import { functionConfig, TEN_MINUTES, TOKEN, USER } from './world.ts';

/** As few of the refresher's surroundings as consumers notice, on a MiniStack: no schedule, no Lambda service. */
export interface MiniStackWorld {
  readonly endpoint: string;
  readonly environment: string;
  readonly ssm: SSMClient;
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly api: TokenApi;
  /** The protected resource. */
  readonly resource: string;
  /** Statuses of the protected resource's answers. */
  readonly answers: number[];
  /** Messages that the refresher has received. */
  readonly received: () => number;
  close(): Promise<void>;
}

export interface Place {
  /** Default: one of this world's own. */
  readonly environment?: string;
  /** The account's number. */
  readonly account?: string;
}

/** A token that was stored in the last 5 seconds is sent once more after a 401. AWS's dates leave up to a second out. */
const NO_LONGER_YOUNG_MS = 7_000;

/** With a token that was granted ten minutes ago, and stored a few seconds ago. */
export async function openMiniStackWorld(
  endpoint: string,
  { environment = `consumers${Date.now() % 1_000_000}`, account = LOCAL_ACCOUNT }: Place = {},
): Promise<MiniStackWorld> {
  // MiniStack takes an access key of twelve digits for the number of its account.
  const config = {
    ...clientConfig(endpoint),
    credentials: { accessKeyId: account, secretAccessKey: 'test' },
  };
  const [ssm, sqs, secrets] = [
    new SSMClient(config),
    new SQSClient(config),
    new SecretsManagerClient(config),
  ];
  const answers: number[] = [];
  const api = await startTokenApi({
    users: { [USER.username]: USER.password },
    onCall: (endpoint, status) => void (endpoint === 'resource' && answers.push(status)),
  });
  const secret = { Name: credentialsSecret(environment, TOKEN), SecretString: JSON.stringify(USER) };
  await secrets.send(new CreateSecretCommand(secret));
  const queueUrl = await createQueue(sqs, requestQueueName(environment));
  const deadLetterQueueUrl = await createQueue(sqs, `${environment}-dead-letters.fifo`);
  const settings = functionConfig(api, { environment, queueUrl, deadLetterQueueUrl });
  const edges = awsEdges(settings, { clients: config, sink: { log: () => {}, emit: () => {} } });
  const handler = createHandler(settings, edges);

  const stop = new AbortController();
  let received = 0;
  const refresher = (async () => {
    while (!stop.signal.aborted) {
      const messages = await receive(sqs, queueUrl);
      received += messages.length;
      for (const message of messages) await handle(message, { handler, sqs, queueUrl });
    }
  })();
  const body = JSON.stringify({ token: TOKEN, requestedBy: 'operator' });
  await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageGroupId: TOKEN, MessageBody: body }));
  await makeOlder(ssm, environment);
  await sleep(NO_LONGER_YOUNG_MS);
  received = 0;

  return {
    endpoint,
    environment,
    ssm,
    sqs,
    queueUrl,
    api,
    resource: `${api.baseUrl}/resource`,
    answers,
    received: () => received,
    async close() {
      stop.abort();
      await refresher;
      await api.close();
    },
  };
}

async function createQueue(sqs: SQSClient, QueueName: string): Promise<string> {
  const Attributes = {
    FifoQueue: 'true',
    ContentBasedDeduplication: 'true',
    DeduplicationScope: 'messageGroup',
    FifoThroughputLimit: 'perMessageGroupId',
  };
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  return QueueUrl;
}

async function receive(sqs: SQSClient, QueueUrl: string): Promise<readonly Message[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl,
    WaitTimeSeconds: 1,
    MessageSystemAttributeNames: ['All'],
  });
  return (await sqs.send(command)).Messages ?? [];
}

async function handle(
  { MessageId = '', ReceiptHandle = '', Body = '', Attributes = {} }: Message,
  { handler, sqs, queueUrl }: { handler: Handler; sqs: SQSClient; queueUrl: string },
): Promise<void> {
  const { batchItemFailures } = await handler({
    Records: [
      {
        messageId: MessageId,
        receiptHandle: ReceiptHandle,
        body: Body,
        attributes: {
          MessageGroupId: Attributes.MessageGroupId ?? TOKEN,
          SentTimestamp: Attributes.SentTimestamp ?? '0',
          ApproximateReceiveCount: Attributes.ApproximateReceiveCount ?? '1',
          SenderId: '',
          ApproximateFirstReceiveTimestamp: '0',
        },
        messageAttributes: {},
        md5OfBody: '',
        eventSource: 'aws:sqs',
        eventSourceARN: '',
        awsRegion: '',
      },
    ],
  });
  if (batchItemFailures.length > 0) return;
  await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
}

/** Waits for token and session, and lets them be ten minutes old: the refresher replaces no token sooner than after one. */
async function makeOlder(ssm: SSMClient, environment: string): Promise<void> {
  await read(ssm, accessTokenParameter(environment, TOKEN));
  const Name = sessionParameter(environment, TOKEN);
  const session = JSON.parse(await read(ssm, Name));
  session.granted.obtainedAt -= TEN_MINUTES;
  const Value = JSON.stringify(session);
  await ssm.send(new PutParameterCommand({ Name, Value, Type: 'SecureString', Overwrite: true }));
}

async function read(ssm: SSMClient, Name: string): Promise<string> {
  const command = () => new GetParameterCommand({ Name, WithDecryption: true });
  for (let tries = 0; tries < 100; tries++) {
    const answer = await ssm.send(command()).catch(() => undefined);
    if (answer?.Parameter?.Value !== undefined) return answer.Parameter.Value;
    await sleep(100);
  }
  throw new Error(`${Name} was not written within 10 s`);
}
