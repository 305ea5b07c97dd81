import type { GetScheduleInput, GetScheduleOutput } from '@aws-sdk/client-scheduler';
import { AwsError } from './aws-error.ts';
import { type Xml, xml } from './query-protocol.ts';

/** What starts the function, and who hears of alarms: states only, which a test sets. */
export class Triggers {
  /** State of each schedule, by name. */
  readonly schedules = new Map<string, 'ENABLED' | 'DISABLED'>();
  /** States of the event source mappings of each queue, by its ARN. */
  readonly mappings = new Map<string, readonly string[]>();
  /** Confirmed or not, by address. */
  readonly subscribers = new Map<string, boolean>();

  getSchedule({ Name = '' }: GetScheduleInput): GetScheduleOutput {
    const State = this.schedules.get(Name);
    if (State === undefined) {
      throw new AwsError('ResourceNotFoundException', `Schedule ${Name} does not exist.`, 404);
    }
    return { Name, State };
  }

  listEventSourceMappings({ EventSourceArn = '' }: Readonly<Record<string, string>>): object {
    const states = this.mappings.get(EventSourceArn) ?? [];
    return { EventSourceMappings: states.map((State) => ({ EventSourceArn, State })) };
  }

  listSubscriptionsByTopic({ TopicArn = '' }: Readonly<Record<string, string>>): Xml {
    const Subscriptions = [...this.subscribers].map(([Endpoint, isConfirmed]) => ({
      Endpoint,
      Protocol: 'email',
      TopicArn,
      SubscriptionArn: isConfirmed ? `${TopicArn}:1` : 'PendingConfirmation',
    }));
    return xml('ListSubscriptionsByTopic', { Subscriptions });
  }
}
