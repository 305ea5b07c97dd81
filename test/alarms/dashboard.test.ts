import { describe, expect, it } from 'vitest';
import type { Widget } from '../../lib/monitoring/dashboard-widgets.ts';
import { manyTokens, resourceOf, templateOf } from '../lib/synth.ts';
import { alarmsOf } from './alarm-definition.ts';
import { linesOf, widgetsOf } from './dashboard-body.ts';

describe.each([1, 10, 11, 70])('the dashboard of %i tokens', (count) => {
  const template = templateOf({ tokens: manyTokens(count) });
  const widgets = widgetsOf(template);
  const shown = widgets
    .filter(({ type }) => type === 'alarm')
    .map(({ properties }) => properties.alarms as string[]);

  it('shows every alarm first, at most 100 in a widget', () => {
    const names = shown.flat().map((arn) => arn.replace(/^.*:alarm:/, ''));
    expect(names.toSorted()).toEqual(
      alarmsOf(template)
        .map(({ name }) => name)
        .toSorted(),
    );
    expect(Math.max(...shown.map(({ length }) => length))).toBeLessThanOrEqual(100);
    const lastAlarm = Math.max(...widgets.filter(({ type }) => type === 'alarm').map(({ y }) => y));
    expect(Math.min(...widgets.filter(({ type }) => type === 'metric').map(({ y }) => y))).toBeGreaterThan(
      lastAlarm,
    );
  });

  it('draws every token once in each graph of its kind, at most ten in one', () => {
    const tokenLines = widgets.filter(({ properties }) =>
      String(properties.title).startsWith('How long the stored'),
    );
    const labels = tokenLines.map((widget) => linesOf(widget).map(({ label }) => label));
    expect(labels.flat()).toEqual(manyTokens(count).map(({ name }) => name));
    expect(Math.max(...labels.map(({ length }) => length))).toBeLessThanOrEqual(10);
  });

  it('keeps to the grid, without overlaps, and says what its axes are', () => {
    for (const [index, widget] of widgets.entries()) {
      expect(widget.x + widget.width).toBeLessThanOrEqual(24);
      expect(widgets.slice(index + 1).filter((other) => overlap(widget, other))).toEqual([]);
      if (widget.type !== 'metric') continue;
      expect(widget.properties.title).toBeTruthy();
      expect(widget.properties.yAxis).toMatchObject({ left: { label: expect.stringMatching(/./) } });
    }
  });
});

const overlap = (a: Widget, b: Widget): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

it('the dashboard is named after the environment', () => {
  expect(resourceOf(templateOf(), 'AWS::CloudWatch::Dashboard').Properties.DashboardName).toBe(
    'token-refresher-sandbox',
  );
});
