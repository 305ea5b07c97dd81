import type { SQSClientConfig } from '@aws-sdk/client-sqs';
import type { RefreshRequestBody } from '../contract/requests.ts';
import { awsFailure, awsFields, invalidCredentials, noRegion } from './aws-errors.ts';
import { TokenError } from './errors.ts';
import { type SdkClient, sendCommand } from './sdk-client.ts';

/** Asks the refresher for tokens. */
export interface RefreshRequests {
  /**
   * @throws TokenError `AccessDenied`, `AwsCredentialsInvalid`, `RefreshRequestFailed`, or `InvalidOption` without a
   *   Region; or the signal's reason
   */
  send(rejectedVersion: number, signal: AbortSignal): Promise<void>;
}

export interface SqsRefreshRequestsProps {
  readonly token: string;
  readonly queueUrl: string;
  readonly client?: SdkClient | undefined;
  /** For a client of our own, made at the first request. */
  readonly clientConfig: SQSClientConfig;
}

/**
 * Body of a consumer's request. The queue deduplicates by body, so all consumers, in any language, send the same text for the
 * same rejected version. Another version makes another body, so no later request is dropped.
 */
export function requestText(token: string, rejectedVersion: number): string {
  const body: RefreshRequestBody = { token, requestedBy: 'consumer', rejectedVersion };
  return JSON.stringify(body);
}

/** Sends requests to the environment's queue. The SDK client is loaded at the first use, because most consumers never need it. */
export function sqsRefreshRequests(props: SqsRefreshRequestsProps): RefreshRequests {
  const { token, queueUrl, clientConfig } = props;
  let { client } = props;
  return {
    async send(rejectedVersion, signal) {
      const { SQSClient, SendMessageCommand } = await import('@aws-sdk/client-sqs');
      client ??= new SQSClient(clientConfig);
      const command = new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageGroupId: token,
        MessageBody: requestText(token, rejectedVersion),
      });
      await sendCommand(client, command, { signal, failed: (error) => notSent(error, queueUrl) });
    },
  };
}

function notSent(error: unknown, queueUrl: string): TokenError {
  const fields = awsFields(error);
  switch (awsFailure(error)) {
    case 'denied':
      return new TokenError(
        'AccessDenied',
        `asking for a refresh is denied: the role lacks sqs:SendMessage on ${queueUrl}`,
        { ...fields, permission: 'sqs:SendMessage' },
      );
    case 'credentials':
      return invalidCredentials(error);
    case 'no-region':
      return noRegion();
    default:
      return new TokenError('RefreshRequestFailed', `queue ${queueUrl}: ${fields.awsError} from SQS`, fields);
  }
}
