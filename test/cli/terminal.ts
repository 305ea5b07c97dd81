import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { MemoryAws } from '../../fakes/memory-aws/server.ts';

const MAIN = join(import.meta.dirname, '../../cli/main.ts');

export interface AtTerminal {
  /** All that the terminal showed, with what moves the cursor. */
  readonly screen: string;
  /** What `ps` showed whenever something had been typed. */
  readonly processes: string;
  readonly exitCode: number;
}

/** What the screen shows, and what is then typed. */
export type Dialogue = readonly (readonly [shown: string, typed: string])[];

/** Runs the command line as a process of its own at a pseudo-terminal of 80 columns. */
export async function runAtTerminal(
  aws: MemoryAws,
  line: string,
  dialogue: Dialogue,
  env: NodeJS.ProcessEnv = {},
): Promise<AtTerminal> {
  return atTerminal([process.execPath, MAIN, ...line.split(' ')], dialogue, {
    ...environmentOf(aws),
    ...env,
  });
}

/** Runs a program at a pseudo-terminal of 80 columns. */
export async function atTerminal(
  argv: readonly string[],
  dialogue: Dialogue,
  env: NodeJS.ProcessEnv,
  cwd?: string,
): Promise<AtTerminal> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const python = execFile(
    'python3',
    [join(import.meta.dirname, 'terminal.py')],
    { env, cwd, maxBuffer: 2 ** 24 },
    (error, stdout) => (error === null ? resolve(stdout) : reject(error)),
  );
  python.stdin?.end(JSON.stringify({ argv, dialogue }));
  return JSON.parse(await promise);
}

export const environmentOf = ({ endpoint }: MemoryAws): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  TERM: 'xterm-256color',
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  npm_lifecycle_event: 'tokens',
});

/** The lines of a screen as a person reads them in the end, without colours. */
export function readable(screen: string): string {
  const lines = [''];
  let at = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what terminals are told with
  for (const piece of screen.split(/(\u001b\[[\d;?]*[A-Za-z]|\r\n|\n)/)) {
    if (piece.endsWith('\n')) {
      at++;
      lines[at] ??= '';
    } else if (!piece.startsWith('\u001b')) lines[at] += piece.replaceAll('\r', '');
    else if (piece.endsWith('A')) at--;
    else if (/[JK]$/.test(piece)) lines[at] = '';
  }
  return lines.join('\n');
}
