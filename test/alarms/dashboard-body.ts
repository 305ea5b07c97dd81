import type { Template } from 'aws-cdk-lib/assertions';
import { deployed, resourceOf } from '../lib/synth.ts';
import { metricKey } from './alarm-definition.ts';

/** The part of a dashboard's body that is used here. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
export interface Widget {
  readonly type: 'text' | 'alarm' | 'metric';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A dashboard as CloudWatch would get it. */
export function widgetsOf(template: Template): Widget[] {
  const { DashboardBody } = resourceOf(template, 'AWS::CloudWatch::Dashboard').Properties;
  const { widgets }: { widgets: Widget[] } = JSON.parse(String(deployed(template, DashboardBody)));
  return widgets;
}

export interface DrawnMetric {
  readonly id: string;
  readonly metric: string;
  readonly stat: string;
}

export interface DrawnLine {
  readonly label: string;
  /** Of the ids of the metrics. */
  readonly expression: string;
  readonly metrics: readonly DrawnMetric[];
  readonly periodSeconds: number;
}

interface Options {
  readonly id?: string;
  readonly label?: string;
  readonly stat?: string;
  readonly period?: number;
  readonly visible?: boolean;
  readonly expression?: string;
}

export function linesOf({ properties }: Widget): DrawnLine[] {
  const entries = ((properties.metrics ?? []) as readonly (readonly unknown[])[]).map((entry, index) => {
    const options = entry.at(-1) as Options;
    const [namespace, name, ...dimensions] = entry.slice(0, -1).map(String);
    const pairs = dimensions.flatMap((key, at) => (at % 2 === 0 ? [[key, dimensions[at + 1]]] : []));
    const { id = `m${index}`, stat = 'Average' } = options;
    return { options, id, stat, metric: metricKey(`${namespace}`, `${name}`, Object.fromEntries(pairs)) };
  });
  return entries
    .filter(({ options }) => options.visible !== false)
    .map(({ id, options: { label = '', period = 300, expression = id } }) => {
      const metrics = entries.filter((entry) => expression.match(/[a-z]\w*/g)?.includes(entry.id));
      return { label, expression, metrics, periodSeconds: period };
    });
}
