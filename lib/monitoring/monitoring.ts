import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { RefresherFunction } from '../functions/refresher-function.ts';
import type { RequestQueue } from '../request-queue.ts';
import { checkMonitoring } from '../settings/check-monitoring.ts';
import type { CheckedToken } from '../settings/check-token.ts';
import type { MonitoringSettings } from '../settings/settings.ts';
import type { AlarmContext } from './alarm.ts';
import { dashboard } from './dashboard.ts';
import { environmentAlarms } from './environment-alarms.ts';
import { leakFilter } from './leak-filter.ts';
import { savedQueries } from './saved-queries.ts';
import { tokenAlarms } from './token-alarms.ts';

export interface MonitoringProps {
  readonly environment: string;
  readonly settings?: MonitoringSettings | undefined;
  readonly topic: ITopic;
  readonly function: RefresherFunction;
  readonly requests: RequestQueue;
  /** Read at synthesis. */
  readonly tokens: () => readonly CheckedToken[];
  /** A local AWS knows no saved queries. */
  readonly local: boolean;
}

/** What watches an environment, and the place to look: alarms, dashboard, saved queries. */
export class Monitoring extends Construct {
  readonly #context: AlarmContext;

  /** @throws SettingError */
  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const { environment, topic, requests, tokens } = props;
    const { handler, logGroup } = props.function;
    const checked = checkMonitoring(environment, props.settings);
    this.#context = { environment, topic, runbookUrl: checked.runbookUrl };
    const watched = {
      function: handler,
      logGroup,
      deadLetterQueue: requests.deadLetterQueue,
      attentionMinutes: () =>
        checked.attentionMinutes(tokens().map(({ settings }) => settings.intervalSeconds)),
    };
    environmentAlarms(this.#context, this, watched, checked.thresholds);
    leakFilter(this.#context, this, logGroup);
    dashboard(this, 'Dashboard', {
      environment,
      tokens,
      function: handler,
      requestQueue: requests.queue,
      deadLetterQueue: requests.deadLetterQueue,
    });
    if (!props.local) savedQueries(this, environment, logGroup);
  }

  /** Makes the token's alarms, in its own scope. */
  watch(scope: Construct, token: CheckedToken): void {
    tokenAlarms(this.#context, scope, token);
  }
}
