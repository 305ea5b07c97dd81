import type { Duration } from 'aws-cdk-lib';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';

/** The part of a dashboard's body that is used here. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
export interface Widget {
  readonly type: 'text' | 'alarm' | 'metric';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A widget that knows its width and height, and not yet its place. */
export type Unplaced = Omit<Widget, 'x' | 'y'>;

/** Columns of a dashboard's grid. */
export const FULL_WIDTH = 24;
const GRAPH_HEIGHT = 6;
const MOST_ALARM_ROWS = 6;

export interface Line {
  readonly metric: Metric;
  readonly label: string;
}

export interface GraphProps {
  readonly title: string;
  readonly region: string;
  readonly lines: readonly Line[];
  readonly yAxis: string;
  readonly width: number;
  /** Default: a line each. */
  readonly look?: 'lines' | 'stacked';
  /** Where the axis begins. Default: 0. */
  readonly least?: number;
  /** Drawn across the graph. */
  readonly marks?: readonly { readonly label: string; readonly value: number }[];
  readonly period: Duration;
}

export function graph(props: GraphProps): Unplaced {
  const { title, region, lines, yAxis, width, look = 'lines', marks = [], least = 0, period } = props;
  return {
    type: 'metric',
    width,
    height: GRAPH_HEIGHT,
    properties: {
      title,
      region,
      view: 'timeSeries',
      stacked: look === 'stacked',
      metrics: lines.map(({ metric, label }) => [
        metric.namespace,
        metric.metricName,
        ...Object.entries(metric.dimensions ?? {}).flat(),
        { label, stat: metric.statistic, period: period.toSeconds() },
      ]),
      yAxis: { left: { label: yAxis, showUnits: false, min: least } },
      ...(marks.length > 0 && { annotations: { horizontal: marks } }),
    },
  };
}

export const heading = (markdown: string): Unplaced => ({
  type: 'text',
  width: FULL_WIDTH,
  height: 1,
  properties: { markdown, background: 'transparent' },
});

/** @param arns at most 100, as many as the widget shows. */
export const alarmStates = (title: string, arns: readonly string[]): Unplaced => ({
  type: 'alarm',
  width: FULL_WIDTH,
  // Four to a line. Those that are up come first; the rest may be scrolled to, so that graphs stay in sight.
  height: Math.min(1 + Math.ceil(arns.length / 4), MOST_ALARM_ROWS),
  properties: { title, alarms: arns, sortBy: 'stateUpdatedTimestamp' },
});

/** Puts rows under each other, and the widgets of a row beside each other. */
export function placed(rows: readonly (readonly Unplaced[])[]): Widget[] {
  let y = 0;
  return rows.flatMap((row) => {
    let x = 0;
    const widgets = row.map((widget) => {
      const at = { ...widget, x, y };
      x += widget.width;
      return at;
    });
    y += Math.max(...row.map(({ height }) => height));
    return widgets;
  });
}
