import type { Attempt } from './stage.ts';

/** What an attempt told: the fields of its log line and its metrics. For the message of an assertion that fails. */
export function told({ line, metrics }: Attempt): string {
  const fields = Object.entries(line).filter(([, value]) => value !== undefined);
  const measured = metrics.flatMap((group) => group.metrics.map(({ name, value }) => `${name} ${value}`));
  return [...fields, ['metrics', measured]]
    .map(([name, value]) => `\n  ${name}: ${JSON.stringify(value)}`)
    .concat('\n')
    .join('');
}
