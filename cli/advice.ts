import { codeOf } from './attempt-in-words.ts';
import type { Attempt } from './attempts.ts';
import { failureInWords, runbook } from './failures-in-words.ts';
import { printable, type Screen } from './screen.ts';

export interface Advice {
  readonly isOk: boolean;
  readonly todo: string;
  /** What to type. */
  readonly command: string | null;
  /** In the runbook. */
  readonly section: string | null;
}

export interface Subject {
  readonly environment: string;
  readonly token: string;
  /** How this command line is called. */
  readonly command: string;
}

/** What to do after the latest attempt; undefined: there was none. */
export function adviceOn(latest: Attempt | undefined, { environment, token, command }: Subject): Advice {
  const typed = (name: string, option = '') => `${command} ${name} ${environment} ${token}${option}`;
  if (latest === undefined) {
    return {
      isOk: false,
      todo: 'The log of the last 7 days holds no attempt. Ask for one; if nothing comes of it, neither schedule nor queue reaches the function.',
      command: typed('refresh'),
      section: runbook('Going stale'),
    };
  }
  const code = codeOf(latest);
  if (code !== undefined) {
    const { todo, section } = failureInWords(code);
    const store = section === 'Login refused' ? typed('credentials') : null;
    const again = code === 'AccountLocked' ? typed('refresh', ' --retry-refused') : store;
    return { isOk: false, todo, command: again, section: runbook(section) };
  }
  const { attention = [] } = latest;
  if (attention.length > 0) {
    const todo = printable(attention.join('; '));
    return { isOk: true, todo: `It works, but ${todo}.`, command: null, section: runbook('Attention') };
  }
  return { isOk: true, todo: 'Nothing, the latest attempt is fine.', command: null, section: null };
}

export function showAdvice(screen: Screen, { todo, command, section }: Advice): void {
  screen.line(`What to do: ${todo}`);
  if (command !== null) screen.command(command);
  if (section !== null) screen.line(`More: ${section}`);
}
