/** Draws the dashboard of 3 tokens with simulated series: `node test/alarms/draw-dashboard.ts 3 > dashboard.html` */
import { templateOf } from '../lib/synth.ts';
import { type DrawnLine, linesOf, type Widget, widgetsOf } from './dashboard-body.ts';
import { ENVIRONMENT, observe, START, storeCredentials } from './simulated-metrics.ts';

const [COLUMN, ROW, HOUR] = [60, 50, 3_600_000];
const [LEFT, TOP, BOTTOM] = [70, 50, 46];
const COLORS = '#1f77b4 #ff7f0e #2ca02c #d62728 #9467bd #8c564b #e377c2 #7f7f7f #bcbd22 #17becf'.split(' ');

const tokens = Array.from(
  { length: Number(process.argv[2] ?? 3) },
  (_, index) => `supplier-${index + 1}-api`,
);
const props = tokens.map((name) => ({ name, baseUrl: `https://${name}.example.com` }));
const template = templateOf({ name: ENVIRONMENT, region: 'eu-central-1', tokens: props });
const answer = { status: 503, headers: {}, body: '' };
const { metrics, until } = await observe({
  seed: 1,
  hours: 8,
  tokens,
  faults: [
    { kind: 'api-answers', answer, share: 0.98, from: START + 4.9 * HOUR, to: START + 5.5 * HOUR },
    { kind: 'api-slow', milliseconds: 900, from: START + 6 * HOUR, to: START + 6.5 * HOUR },
  ],
  moments: [
    { at: 10_800, happens: ({ world }) => storeCredentials(world, tokens[0] ?? '', 'wrong') },
    { at: 12_600, happens: ({ world }) => world.hosts.forEach((host) => void host.revokeAll()) },
    { at: 25_200, happens: ({ refresher }) => void refresher.queue.send({ body: 'hello', groupId: 'x' }) },
  ],
});
const from = until - 6 * HOUR;

function statistic(stat: string, values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  if (stat === 'Sum') return values.reduce((all, value) => all + value, 0);
  if (stat === 'SampleCount') return values.length;
  const share = stat === 'Minimum' ? 0 : stat === 'p50' ? 0.5 : 0.99;
  return sorted[Math.floor(values.length * share)] ?? 0;
}

function points({ expression, metrics: of, periodSeconds }: DrawnLine): { time: number; value: number }[] {
  const periodMs = periodSeconds * 1000;
  const computed = new Function(...of.map(({ id }) => id), `return ${expression}`);
  const series = of.map(({ metric }) => metrics.get(metric) ?? metrics.get(metric.split(' ')[0] ?? '') ?? []);
  const times = new Set(series.flat().map(({ at }) => at - (at % periodMs)));
  return [...times]
    .filter((time) => time >= from)
    .map((time) => {
      const values = series.map((data, index) =>
        statistic(
          of[index]?.stat ?? '',
          data.filter(({ at }) => at >= time && at < time + periodMs).map(({ value }) => value),
        ),
      );
      return { time, value: computed(...values) };
    });
}

const text = (x: number, y: number, what: unknown, more = ''): string =>
  `<text x="${x}" y="${y}" ${more}>${what}</text>`;

function chart(widget: Widget): string {
  const { title, stacked, yAxis, annotations } = widget.properties;
  const marks =
    (annotations as { horizontal: { label: string; value: number }[] } | undefined)?.horizontal ?? [];
  const { label, min: least } = (yAxis as { left: { label: string; min: number } }).left;
  const [w, h] = [widget.width * COLUMN - 12, widget.height * ROW - 12];
  const all = linesOf(widget).map((line, index) => ({
    label: line.label,
    color: COLORS[index % COLORS.length],
    points: points(line),
  }));
  const lines = all.filter((line) => line.points.length > 0);
  const values = lines.flatMap((line) => line.points.map(({ value }) => value));
  const most = Math.max(1, ...values, ...marks.map(({ value }) => value));
  const x = (time: number) => Math.round(LEFT + ((time - from) / (until - from)) * (w - LEFT - 20));
  const y = (value: number) =>
    Math.round(h - BOTTOM - ((value - least) / (most - least)) * (h - TOP - BOTTOM));
  const drawn = lines.map(({ points: some, color }) => {
    const path = some.map(({ time, value }) => `${x(time)},${y(value)}`).join(' ');
    const bars = some.map(({ time, value }) => `M${x(time)} ${y(0)}V${y(value)}`).join('');
    return stacked
      ? `<path d="${bars}" stroke="${color}" stroke-width="4"/>`
      : `<polyline points="${path}" fill="none" stroke="${color}"/>`;
  });
  const hours = [0, 1, 2, 3, 4, 5, 6].map((hour) =>
    text(x(from + hour * HOUR), h - BOTTOM + 14, new Date(from + hour * HOUR).toISOString().slice(11, 16)),
  );
  const ticks = [least, 0, (least + most) / 2, most].map(
    (value) => `${text(4, y(value) - 3, Math.round(value))}<path d="M4 ${y(value)}H${w}" stroke="#ddd"/>`,
  );
  const marked = marks.map(
    ({ label: mark, value }) =>
      `${text(w - 110, y(value) - 3, mark)}<path d="M${LEFT} ${y(value)}H${w}" stroke="#999" stroke-dasharray="4"/>`,
  );
  const legend = lines.map(({ label, color }) => `<tspan fill="${color}">■ </tspan>${label} `).join('');
  const words = text(8, 14, title, 'font-weight="bold"') + text(8, 28, label) + text(8, h - 8, legend);
  return `<svg width="${w}" height="${h}">${words}${hours.join('')}${ticks.join('')}${marked.join('')}${drawn.join('')}</svg>`;
}

function box(widget: Widget): string {
  const { x, y, width, height, type, properties } = widget;
  const names = [properties.alarms ?? []]
    .flat()
    .map((arn) => `<i>${String(arn).replace(/^.*:alarm:/, '')}</i>`);
  const body =
    type === 'metric' ? chart(widget) : `<b>${properties.markdown ?? properties.title}</b>${names.join('')}`;
  const place = `left:${x * COLUMN}px;top:${y * ROW}px;width:${width * COLUMN - 8}px;height:${height * ROW - 8}px`;
  return `<section style="${place}">${body}</section>`;
}

const style = `body { font: 12px sans-serif } section { position: absolute; border: 1px solid #ccc; overflow: hidden }
  i { display: inline-block; width: 340px; height: 40px; margin: 3px; background: #dfd } svg { font-size: 11px }`;
const page = widgetsOf(template).map(box).join('\n');
console.log(`<!doctype html><meta charset="utf-8"><style>${style}</style>${page}`);
