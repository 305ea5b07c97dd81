import { Duration } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, type IRole, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  DeduplicationScope,
  FifoThroughputLimit,
  Queue,
  QueueEncryption,
  type QueueProps,
} from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { environmentPrefix, requestQueueName } from '../contract/names.ts';
import { LIMITS } from '../contract/times.ts';
import { ruleArns } from './arns.ts';

/**
 * Longer than the longest interval: older requests are dropped anyway, and requests that cannot be received must survive
 * until the repair.
 */
const RETENTION = Duration.days(1);

const SHARED: QueueProps = {
  fifo: true,
  contentBasedDeduplication: true,
  encryption: QueueEncryption.SQS_MANAGED,
  enforceSSL: true,
};

/** The queue of all refresh requests: FIFO, with one message group per token, and a dead-letter queue. */
export class RequestQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, { environment }: { environment: string }) {
    super(scope, id);
    this.deadLetterQueue = new Queue(this, 'DeadLetterQueue', {
      ...SHARED,
      queueName: `${environmentPrefix(environment)}-dead-letters.fifo`,
      retentionPeriod: Duration.days(14),
    });
    this.queue = new Queue(this, 'Queue', {
      ...SHARED,
      queueName: requestQueueName(environment),
      // Equal bodies for two tokens are two requests, and tokens do not slow each other down.
      deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
      fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
      // Not six times the function's timeout, as AWS recommends for batches: a run that died would cost two minutes.
      visibilityTimeout: Duration.seconds(LIMITS.visibilitySeconds),
      retentionPeriod: RETENTION,
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: LIMITS.maxReceiveCount },
    });
    // One statement for all rules: a queue policy holds 20 statements, and CDK's rule target would add one each.
    this.queue.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AllowRules',
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [this.queue.queueArn],
        conditions: { ArnLike: { 'aws:SourceArn': ruleArns(this, environment) } },
      }),
    );
  }

  /** Denies sending to all but these roles and AWS services, whatever their own policies allow. */
  refuseAllBut(roles: readonly IRole[]): void {
    this.queue.addToResourcePolicy(
      new PolicyStatement({
        sid: 'RefuseConsumers',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['sqs:SendMessage'],
        resources: [this.queue.queueArn],
        conditions: {
          ArnNotEquals: { 'aws:PrincipalArn': roles.map(({ roleArn }) => roleArn) },
          Bool: { 'aws:PrincipalIsAWSService': 'false' },
        },
      }),
    );
  }
}
