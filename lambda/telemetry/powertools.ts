import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { METRIC_NAMESPACE } from '../../contract/metrics.ts';
import type { Sink } from './telemetry.ts';

const SERVICE = 'token-refresher';

/** JSON log lines and CloudWatch embedded metrics on standard output, by Powertools for AWS Lambda. */
export function powertoolsSink(): Sink {
  const logger = new Logger({ serviceName: SERVICE });
  const metrics = new Metrics({ namespace: METRIC_NAMESPACE, serviceName: SERVICE });
  // Without Powertools' own `service` dimension: alarms match dimensions exactly.
  metrics.clearDefaultDimensions();
  return {
    log(level, message, fields) {
      logger[level](message, { ...fields });
    },
    emit({ dimensions, metrics: measurements }) {
      for (const [name, value] of Object.entries(dimensions)) metrics.addDimension(name, value);
      for (const { name, unit, value } of measurements) metrics.addMetric(name, MetricUnit[unit], value);
      metrics.publishStoredMetrics();
    },
  };
}
