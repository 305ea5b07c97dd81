import { availableParallelism, cpus, totalmem } from 'node:os';

export interface Target {
  readonly what: string;
  /** At most. */
  readonly target: number;
  readonly seen: number;
  readonly unit: string;
}

/** A part of the report: a table, with what it is to show. */
export interface Section {
  readonly title: string;
  readonly text: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly targets: readonly Target[];
}

export const isMet = ({ target, seen }: Target): boolean => seen <= target;

/** docs/performance.md */
export function report(sections: readonly Section[], { isQuick }: { readonly isQuick: boolean }): string {
  const targets = sections.flatMap((section) => section.targets);
  const [{ model } = { model: 'unknown' }] = cpus();
  const machine = `Node.js ${process.version}, ${availableParallelism()} × ${model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `${[
    '# Performance',
    `Written by \`npm run bench\`${isQuick ? ' (`--quick`: few rounds)' : ''} on ${new Date().toISOString().slice(0, 10)}: ${machine}. What is compared was measured in turn in one run; on a shared machine the ratios say more than the milliseconds. AWS and the token APIs are stand-ins on the same machine; nothing was measured on AWS.`,
    '## Targets',
    table(
      ['what', 'at most', 'seen', ''],
      targets.map((one) => [
        one.what,
        `${one.target} ${one.unit}`,
        `${one.seen < 10 ? one.seen.toFixed(2) : Math.round(one.seen)} ${one.unit}`,
        isMet(one) ? 'met' : '**missed**',
      ]),
    ),
    ...sections.flatMap(({ title, text, head, rows }) => [`## ${title}`, text, table(head, rows)]),
  ].join('\n\n')}\n`;
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
