import { type Duration, Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule, CfnScheduleGroup, ContextAttribute } from 'aws-cdk-lib/aws-scheduler';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { environmentPrefix, tokenResourceName } from '../contract/names.ts';
import type { RefreshRequestBody } from '../contract/requests.ts';
import { scheduleGroupArn } from './arns.ts';
import type { ParsedToken } from './settings/token.ts';

export interface SchedulesProps {
  readonly environment: string;
  readonly queue: IQueue;
}

/** Scheduler's maximum: the tick's age ends its delivery. */
const MOST_DELIVERY_ATTEMPTS = 185;

/** The schedules of an environment: one group, for which metrics exist, and one role that may only ask for refreshes. */
export class Schedules extends Construct {
  readonly #props: SchedulesProps;
  readonly #group: CfnScheduleGroup;
  /** What the schedules act in. */
  readonly role: Role;

  constructor(scope: Construct, id: string, props: SchedulesProps) {
    super(scope, id);
    this.#props = props;
    const groupName = environmentPrefix(props.environment);
    this.#group = new CfnScheduleGroup(this, 'Group', { name: groupName });
    this.role = new Role(this, 'Role', {
      description: `Lets the schedules of ${groupName} ask for refreshes`,
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: {
            'aws:SourceAccount': Stack.of(this).account,
            // The group and not the schedule: https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
            'aws:SourceArn': scheduleGroupArn(this, props.environment),
          },
        },
      }),
      // Inline, so that the role is never without it: a schedule fires as soon as it exists.
      inlinePolicies: {
        AskForRefreshes: new PolicyDocument({
          statements: [
            new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [props.queue.queueArn] }),
          ],
        }),
      },
    });
  }

  /**
   * Asks for a refresh of the token at every interval. Without a start date it also fires when it is created, so the first
   * token of an adopted secret comes with the deployment. A tick that cannot be delivered is dropped after one interval, when
   * the next one is due, and counted in the group's metrics. It needs no dead-letter queue, because a late tick is useless.
   *
   * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
   */
  add(scope: Construct, id: string, token: ParsedToken): CfnSchedule {
    const { environment, queue } = this.#props;
    const body: RefreshRequestBody = {
      token: token.name,
      requestedBy: 'schedule',
      scheduledTime: ContextAttribute.scheduledTime,
      executionId: ContextAttribute.executionId,
    };
    return new CfnSchedule(scope, id, {
      name: tokenResourceName(environment, token.name),
      groupName: this.#group.ref,
      description: `Asks for a refresh of token ${token.name} of ${environment}`,
      scheduleExpression: rate(token.interval),
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: queue.queueArn,
        roleArn: this.role.roleArn,
        input: JSON.stringify(body),
        sqsParameters: { messageGroupId: token.name },
        retryPolicy: {
          maximumEventAgeInSeconds: token.interval.toSeconds(),
          maximumRetryAttempts: MOST_DELIVERY_ATTEMPTS,
        },
      },
    });
  }
}

function rate(interval: Duration): string {
  const minutes = interval.toMinutes();
  return `rate(${minutes} ${minutes === 1 ? 'minute' : 'minutes'})`;
}
