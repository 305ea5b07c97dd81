import { CommandFailed } from './processes.ts';
import type { Screen } from './screen.ts';

const COMMAND_OUTPUT_LINES = 40;
const LOG_LINES = 15;

/** What was logged during a run, to look for the cause of a failure. */
export interface Logs {
  functionLines: readonly string[];
  /** Empty unless the emulator is this run's own. */
  emulator: () => string;
}

/** Says what failed, and shows the ends of the outputs that may tell why. */
export function explainFailure(error: unknown, { screen, logs }: { screen: Screen; logs: Logs }): void {
  screen.line(`✘ ${reasonOf(error)}`);
  const showEnd = (title: string, lines: readonly string[], most: number) => {
    if (lines.length > 0)
      screen.note(
        `\n${title}:\n${lines
          .slice(-most)
          .map((line) => `  ${line}`)
          .join('\n')}`,
      );
  };
  const output = error instanceof CommandFailed ? error.output : '';
  showEnd('The end of its output', linesOf(output), COMMAND_OUTPUT_LINES);
  showEnd("The end of the function's log", logs.functionLines, LOG_LINES);
  showEnd("The end of MiniStack's log", linesOf(logs.emulator()), LOG_LINES);
}

/** What went wrong: `fetch` and the SDK say only that something failed; why is one level down. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `${error.message}${cause}`;
}

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');
