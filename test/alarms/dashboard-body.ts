import type { Template } from 'aws-cdk-lib/assertions';
import type { Widget } from '../../lib/monitoring/dashboard-widgets.ts';
import { deployed, resourceOf } from '../lib/synth.ts';
import { metricKey } from './alarm-definition.ts';

/** A dashboard as CloudWatch would get it. */
export function widgetsOf(template: Template): Widget[] {
  const { DashboardBody } = resourceOf(template, 'AWS::CloudWatch::Dashboard').Properties;
  const { widgets }: { widgets: Widget[] } = JSON.parse(String(deployed(template, DashboardBody)));
  return widgets;
}

export interface DrawnLine {
  readonly metric: string;
  readonly stat: string;
  readonly label: string;
}

export function linesOf({ properties }: Widget): DrawnLine[] {
  const metrics = (properties.metrics ?? []) as readonly (readonly unknown[])[];
  return metrics.map((entry) => {
    const [namespace, name, ...rest] = entry;
    const { stat, label } = rest.pop() as { stat: string; label: string };
    const pairs = Array.from({ length: rest.length / 2 }, (_, index) => rest.slice(index * 2, index * 2 + 2));
    return { metric: metricKey(String(namespace), String(name), Object.fromEntries(pairs)), stat, label };
  });
}
