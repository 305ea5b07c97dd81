import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  Architecture,
  EventSourceMapping,
  Function as Lambda,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { FUNCTION_ENV, type FunctionSettings } from '../../contract/function-settings.ts';
import { METRIC_NAMESPACE } from '../../contract/metrics.ts';
import { LIMITS } from '../../contract/times.ts';
import { writeLog } from '../permissions/write-log.ts';
import type { RequestQueue } from '../request-queue.ts';
import { FunctionCode, HANDLER } from './function-code.ts';

export interface RefresherFunctionProps {
  readonly environment: string;
  /** Read at synthesis. */
  readonly settings: () => FunctionSettings;
  readonly requests: RequestQueue;
  /** Key that encrypts the parameters; undefined: that of AWS. */
  readonly key: IKey | undefined;
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

/** Lambda gives CPU in proportion to memory. Enough for a cold start well within the time of an attempt. */
const MEMORY_MEGABYTES = 512;

/** The Lambda function that refreshes, with its role and its log group, fed by the request queue. */
export class RefresherFunction extends Construct {
  readonly handler: Lambda;
  readonly role: Role;
  readonly logGroup: LogGroup;
  readonly mapping: EventSourceMapping;

  constructor(scope: Construct, id: string, props: RefresherFunctionProps) {
    super(scope, id);
    const { environment, requests } = props;
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetention,
      removalPolicy: props.removalPolicy,
    });
    this.role = new Role(this, 'Role', {
      description: `Token refresher, ${environment}`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    this.role.addToPolicy(writeLog(this.logGroup));
    this.#permitQueues(requests);
    this.handler = new Lambda(this, 'Handler', {
      description: `Keeps the access tokens of ${environment} fresh`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: MEMORY_MEGABYTES,
      timeout: Duration.seconds(LIMITS.functionTimeoutSeconds),
      code: new FunctionCode(props.settings),
      handler: HANDLER,
      role: this.role,
      logGroup: this.logGroup,
      // The function sends wake-ups to its own queue. After sixteen in a row Lambda would assume an endless loop.
      // https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
      recursiveLoop: RecursiveLoop.ALLOW,
      // Powertools writes JSON lines itself; inside Lambda's own JSON, embedded metrics may not be recognised.
      // https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
      loggingFormat: LoggingFormat.TEXT,
      environment: {
        ...(props.key !== undefined && { [FUNCTION_ENV.keyArn]: props.key.keyArn }),
        [FUNCTION_ENV.queueUrl]: requests.queue.queueUrl,
        [FUNCTION_ENV.deadLetterQueueUrl]: requests.deadLetterQueue.queueUrl,
        POWERTOOLS_SERVICE_NAME: 'token-refresher',
        POWERTOOLS_METRICS_NAMESPACE: METRIC_NAMESPACE,
      },
    });
    this.mapping = new EventSourceMapping(this, 'Requests', {
      target: this.handler,
      eventSourceArn: requests.queue.queueArn,
      batchSize: 1,
      reportBatchItemFailures: true,
    });
  }

  /** Explicit, since the grants of the CDK allow more than is needed. */
  #permitQueues({ queue, deadLetterQueue }: RequestQueue): void {
    this.role.addToPolicy(
      new PolicyStatement({
        actions: [
          'sqs:ChangeMessageVisibility',
          'sqs:DeleteMessage',
          'sqs:GetQueueAttributes',
          'sqs:ReceiveMessage',
        ],
        resources: [queue.queueArn],
      }),
    );
    this.role.addToPolicy(
      new PolicyStatement({
        actions: ['sqs:SendMessage'],
        resources: [deadLetterQueue.queueArn, queue.queueArn],
      }),
    );
  }
}
