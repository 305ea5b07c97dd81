import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ROWS } from './permissions-table.ts';

const RUNBOOK = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');

/** Marks commands that need more than the operators' policy. */
const ADMINISTRATOR = '# administrator';

const operators = new Set(
  ROWS.filter(({ principal }) => principal === 'operator').flatMap(({ actions }) => actions),
);

interface Command {
  readonly line: string;
  readonly action: string;
  readonly forAdministrator: boolean;
}

const pascal = (words: string): string => words.replace(/(?:^|-)(\w)/g, (_, letter) => letter.toUpperCase());

function commands(): Command[] {
  const blocks = [...RUNBOOK.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block = '']) => block.split('\n'));
  return blocks.flatMap((lines) =>
    lines.flatMap((line, index) => {
      const [, service, command = ''] = /\baws ([a-z]+) ([a-z-]+)/.exec(line) ?? [];
      if (line.startsWith('#') || service === undefined) return [];
      const action = `${service}:${pascal(command)}`;
      return [{ line, action, forAdministrator: lines[index - 1] === ADMINISTRATOR }];
    }),
  );
}

it('there are commands', () => {
  expect(commands().length).toBeGreaterThan(10);
});

it.each(commands())(
  "the operators' policy is enough, or the runbook says that it is not: $line",
  (command) => {
    expect(operators.has(command.action)).toBe(!command.forAdministrator);
  },
);
