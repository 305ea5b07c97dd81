import { METRICS } from '../../contract/metrics.ts';
import { ENVIRONMENT_ALARMS, TOKEN_ALARMS } from './alarm-names.ts';

/** List prices per month in us-east-1, in US dollars. https://aws.amazon.com/cloudwatch/pricing/ */
const DOLLARS = { customMetric: 0.3, alarm: 0.1, dashboard: 3 };

export interface MonitoringCost {
  readonly customMetrics: number;
  readonly alarms: number;
  readonly dollars: number;
}

/**
 * What watching an environment costs per month, at most: a metric is charged for the hours in which it has data. Failure
 * codes and what the filter on the log finds are left out, since each costs only while it occurs.
 */
export function monitoringCost(tokens: number): MonitoringCost {
  const customMetrics =
    tokens * Object.keys(METRICS.perToken).length + Object.keys(METRICS.perEnvironment).length;
  const alarms = tokens * TOKEN_ALARMS.length + ENVIRONMENT_ALARMS.length;
  const dollars = customMetrics * DOLLARS.customMetric + alarms * DOLLARS.alarm + DOLLARS.dashboard;
  return { customMetrics, alarms, dollars };
}

export function costInWords(tokens: number): string {
  const { customMetrics, alarms, dollars } = monitoringCost(tokens);
  return `Monitoring costs about $${dollars.toFixed(2)} per month at list prices: ${customMetrics} metrics, ${alarms} alarms, a dashboard`;
}
