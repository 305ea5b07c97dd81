import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { RefresherFunction } from '../functions/refresher-function.ts';
import type { RequestQueue } from '../request-queue.ts';
import type { ParsedMonitoring } from '../settings/monitoring.ts';
import { leastStaleMinutes } from '../settings/stale-window.ts';
import type { ParsedToken } from '../settings/token.ts';
import type { AlarmContext } from './alarm.ts';
import { dashboard } from './dashboard.ts';
import { environmentAlarms } from './environment-alarms.ts';
import { leakFilter } from './leak-filter.ts';
import { savedQueries } from './saved-queries.ts';
import { tokenAlarms } from './token-alarms.ts';

export interface MonitoringProps {
  readonly environment: string;
  readonly settings: ParsedMonitoring;
  readonly topic: ITopic;
  readonly function: RefresherFunction;
  readonly requests: RequestQueue;
  /** Read at synthesis. */
  readonly tokens: () => readonly ParsedToken[];
  /** A local AWS knows no saved queries. */
  readonly local: boolean;
}

const LEAST_ATTENTION_MINUTES = 60;

const attentionMinutes = ({ attentionFor }: ParsedMonitoring, tokens: readonly ParsedToken[]): number =>
  attentionFor?.toMinutes() ??
  Math.max(LEAST_ATTENTION_MINUTES, ...tokens.map(({ interval }) => leastStaleMinutes(interval)));

/** The monitoring of an environment: alarms, dashboard, saved queries. */
export class Monitoring extends Construct {
  readonly #context: AlarmContext;

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const { environment, settings, topic, requests, tokens } = props;
    const { handler, logGroup } = props.function;
    this.#context = { environment, topic, runbookUrl: settings.runbookUrl, alarms: [] };
    const watched = {
      function: handler,
      logGroup,
      deadLetterQueue: requests.deadLetterQueue,
      attentionMinutes: () => attentionMinutes(settings, tokens()),
    };
    environmentAlarms(this.#context, this, watched, settings.thresholds);
    leakFilter(this.#context, this, logGroup);
    dashboard(this, 'Dashboard', {
      environment,
      tokens,
      alarms: this.#context.alarms,
      function: handler,
      requestQueue: requests.queue,
      deadLetterQueue: requests.deadLetterQueue,
    });
    if (!props.local) savedQueries(this, environment, logGroup);
  }

  /** Makes the token's alarms, in its own scope. */
  watch(scope: Construct, token: ParsedToken): void {
    tokenAlarms(this.#context, scope, token);
  }
}
