import { Duration } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { manyTokens, payments, resourceOf, templateOf } from '../lib/synth.ts';
import { alarmsOf } from './alarm-definition.ts';
import { linesOf, type Widget, widgetsOf } from './dashboard-body.ts';

describe.each([1, 10, 11, 70])('the dashboard of %i tokens', (count) => {
  const template = templateOf({ tokens: manyTokens(count) });
  const widgets = widgetsOf(template);
  const shown = widgets
    .filter(({ type }) => type === 'alarm')
    .map(({ properties }) => properties.alarms as string[]);
  const names = alarmsOf(template).map(
    ({ name }) => `arn:aws:cloudwatch:ap-southeast-2:123456789012:alarm:${name}`,
  );

  it('shows every alarm first, at most 100 in a widget', () => {
    expect(shown.flat().toSorted()).toEqual(names.toSorted());
    expect(Math.max(...shown.map(({ length }) => length))).toBeLessThanOrEqual(100);
    const lastAlarm = Math.max(...widgets.filter(({ type }) => type === 'alarm').map(({ y }) => y));
    expect(Math.min(...widgets.filter(({ type }) => type === 'metric').map(({ y }) => y))).toBeGreaterThan(
      lastAlarm,
    );
  });

  it('draws every token once in each graph of its kind, at most ten in one', () => {
    for (const title of ['Time until the access token expires', 'Refreshes by refresh token', 'Logins']) {
      const drawn = widgets.filter(({ properties }) => String(properties.title).startsWith(title));
      const labels = drawn.map((widget) => linesOf(widget).map(({ label }) => label));
      expect(labels.flat()).toEqual(manyTokens(count).map(({ name }) => name));
      expect(Math.max(...labels.map(({ length }) => length))).toBeLessThanOrEqual(10);
    }
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

it('the dashboard draws minutes left beside the intervals, and counts logins and refreshes', () => {
  const times = { interval: Duration.minutes(50), accessTokenLifetime: Duration.hours(1) };
  const tokens = [payments, { ...payments, name: 'orders-api', ...times }];
  const widgets = widgetsOf(templateOf({ tokens })).slice(2, 5);
  const marks = widgets.map(({ properties }) => properties.annotations);
  expect(marks[0]).toEqual({
    horizontal: [
      { label: 'expired', value: 0, yAxis: 'left' },
      { label: 'interval: 25 min', value: 25, yAxis: 'left' },
      { label: 'interval: 50 min', value: 50, yAxis: 'left' },
    ],
  });
  const metric = (name: string) => `TokenRefresher/${name} Environment=sandbox,Token=payments-api`;
  expect(widgets.map((widget) => linesOf(widget)[0])).toMatchObject([
    {
      expression: 'seconds0 / 60',
      metrics: [{ id: 'seconds0', metric: metric('ValidityLeft'), stat: 'Minimum' }],
      periodSeconds: 60,
    },
    {
      expression: 'all0 - logins0',
      metrics: [
        { id: 'all0', metric: metric('GotByLogin'), stat: 'SampleCount' },
        { id: 'logins0', metric: metric('GotByLogin'), stat: 'Sum' },
      ],
      periodSeconds: 3600,
    },
    { metrics: [{ metric: metric('GotByLogin'), stat: 'Sum' }], periodSeconds: 3600 },
  ]);
});
