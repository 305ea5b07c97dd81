import type { Screen } from './screen.ts';

/** One line of a check. */
export interface Finding {
  readonly level: 'ok' | 'warning' | 'failure';
  /** What was looked at, and what was found. */
  readonly what: string;
  readonly remedy?: string;
}

export const ok = (what: string): Finding => ({ level: 'ok', what });
export const warning = (what: string, remedy: string): Finding => ({ level: 'warning', what, remedy });
export const failure = (what: string, remedy: string): Finding => ({ level: 'failure', what, remedy });

const COLOURS = { ok: 'green', warning: 'yellow', failure: 'red' } as const;
const WIDTH = 'warning'.length + 2;

export function showFindings(screen: Screen, title: string, findings: readonly Finding[]): void {
  screen.line(screen.style('bold', title));
  for (const { level, what, remedy } of findings) {
    screen.line(`${screen.style(COLOURS[level], level)}${' '.repeat(WIDTH - level.length)}${what}`, WIDTH);
    if (remedy !== undefined) screen.line(`${' '.repeat(WIDTH)}${remedy}`, WIDTH);
  }
}
