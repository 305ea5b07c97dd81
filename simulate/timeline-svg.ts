import { MINUTE } from '../contract/times.ts';
import { inWords } from './durations.ts';
import type { Span } from './faults.ts';

/** One outage and what became of the token in it. Times in milliseconds since the epoch. */
export interface Panel {
  readonly shown: Span;
  readonly outage: Span;
  readonly ticks: readonly number[];
  readonly rows: readonly { readonly label: string; readonly withoutToken: readonly Span[] }[];
}

const WIDTH = 960;
const LEFT = 150;
const RIGHT = 24;
const TOP = 64;
const ROW = { height: 26, step: 40 };
const WIDTH_OF_LABEL = 96;
const PANEL = { heading: 36, axis: 52 };

/** Readable on light and on dark pages; the difference is not in red and green alone. */
const STYLE = `
  text { font: 14px -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif; fill: #3d444d }
  .title { font-size: 17px; font-weight: 600 }
  .heading { font-weight: 600 }
  .small { font-size: 12px }
  .inside { fill: #fff; font-weight: 600 }
  .valid { fill: #1f6feb }
  .without { fill: #d1242f }
  .down { fill: #6e7781 }
  .up { fill: #6e7781; opacity: .18 }
  .axis, .tick { stroke: #6e7781; stroke-width: 1 }
  .tick { stroke-width: 2 }
  @media (prefers-color-scheme: dark) { text { fill: #d1d7e0 } }
`;

/** Draws panels below each other, each with its own axis. */
export function timelineSvg(title: string, panels: readonly Panel[]): string {
  const heights = panels.map(panelHeight);
  const height = TOP + heights.reduce((sum, each) => sum + each, 0);
  const drawn = panels.map((panel, index) =>
    drawPanel(panel, TOP + heights.slice(0, index).reduce((sum, each) => sum + each, 0)),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${title}">
<style>${STYLE}</style>
${text(title, { x: 24, y: 28, class: 'title' })}
${legend()}
${drawn.join('\n')}
</svg>
`;
}

const panelHeight = ({ rows }: Panel): number => PANEL.heading + (rows.length + 1) * ROW.step + PANEL.axis;

function legend(): string {
  const entries = [
    { class: 'valid', label: 'a valid token is stored' },
    { class: 'without', label: 'no valid token' },
    { class: 'down', label: 'the token API is down' },
  ];
  const squares = entries.map(
    (entry, index) =>
      `<rect class="${entry.class}" x="${24 + index * 200}" y="44" width="12" height="12"/>${text(entry.label, { x: 42 + index * 200, y: 54, class: 'small' })}`,
  );
  const x = 24 + entries.length * 200;
  return `${squares.join('\n')}
<path class="tick" d="M${x + 6} 43v14"/>${text('the schedule asks for a refresh', { x: x + 18, y: 54, class: 'small' })}`;
}

function drawPanel({ shown, outage, ticks, rows }: Panel, top: number): string {
  const scale = (WIDTH - LEFT - RIGHT) / (shown.to - shown.from);
  const at = (time: number): number => round(LEFT + (time - shown.from) * scale);
  const bar = (kind: string, { from, to }: Span, y: number): string =>
    `<rect class="${kind}" x="${at(from)}" y="${y}" width="${round(at(to) - at(from))}" height="${ROW.height}"/>`;
  const labelled = (kind: string, span: Span, y: number): string => {
    const isWide = at(span.to) - at(span.from) >= WIDTH_OF_LABEL;
    const x = isWide ? round((at(span.from) + at(span.to)) / 2) : at(span.to) + 8;
    const label = { x, y: y + 18, class: 'inside', ...(isWide && { anchor: 'middle' as const }) };
    return `${bar(kind, span, y)}
${text(inWords(span.to - span.from), label)}`;
  };
  const y = (row: number): number => top + PANEL.heading + row * ROW.step;
  const label = (words: string, row: number): string =>
    text(words, { x: LEFT - 12, y: y(row) + 18, anchor: 'end' });
  const bottom = y(rows.length + 1);
  const visibleTicks = ticks.filter((tick) => tick >= shown.from && tick <= shown.to);

  return [
    text(`An outage of ${inWords(outage.to - outage.from)}, begun just before a refresh`, {
      x: 24,
      y: top + 22,
      class: 'heading',
    }),
    label('token API', 0),
    bar('up', shown, y(0)),
    labelled('down', outage, y(0)),
    ...rows.flatMap((row, index) => [
      label(row.label, index + 1),
      bar('valid', shown, y(index + 1)),
      ...row.withoutToken.map((span) => labelled('without', span, y(index + 1))),
    ]),
    ...visibleTicks.map((tick) => `<path class="tick" d="M${at(tick)} ${bottom - 6}v12"/>`),
    `<path class="axis" d="M${LEFT} ${bottom}H${WIDTH - RIGHT}"/>`,
    ...axisMinutes(shown, outage).map((minute) =>
      text(String(minute), {
        x: at(outage.from + minute * MINUTE),
        y: bottom + 22,
        class: 'small',
        anchor: 'middle',
      }),
    ),
    text('minutes since the outage began', {
      x: WIDTH - RIGHT,
      y: bottom + 40,
      class: 'small',
      anchor: 'end',
    }),
  ].join('\n');
}

function axisMinutes({ from, to }: Span, outage: Span): number[] {
  const first = Math.ceil((from - outage.from) / (10 * MINUTE));
  const last = Math.floor((to - outage.from) / (10 * MINUTE));
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * 10);
}

interface TextProps {
  readonly x: number;
  readonly y: number;
  readonly class?: string;
  readonly anchor?: 'middle' | 'end';
}

const text = (words: string, { x, y, class: kind, anchor }: TextProps): string =>
  `<text x="${x}" y="${y}"${kind === undefined ? '' : ` class="${kind}"`}${anchor === undefined ? '' : ` text-anchor="${anchor}"`}>${words}</text>`;

const round = (pixels: number): number => Math.round(pixels * 10) / 10;
