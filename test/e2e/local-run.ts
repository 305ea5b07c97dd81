import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PROJECT = join(import.meta.dirname, '../..');

const POLL_MS = 50;

/** The operating system may need a moment to clear away what was killed. */
const CLEARED_SECONDS = 3;

/** A local run in a process of its own, with a folder of its own for temporary files. */
export interface LocalRun {
  readonly child: ChildProcess;
  readonly exitCode: Promise<number | null>;
  output(): string;
  /** Waits for the text in the output. @throws when the run ends without it */
  saw(text: string): Promise<void>;
  /** Whatever of the run is still there: processes, listening ports, temporary files. */
  leftovers(): Promise<string[]>;
}

const started: { child: ChildProcess; folder: string }[] = [];

/** @param env added to this process's environment */
export async function startLocalRun(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<LocalRun> {
  const folder = await mkdtemp(join(tmpdir(), 'token-refresher-e2e-'));
  const child = spawn(process.execPath, ['local/run.ts', ...args], {
    cwd: PROJECT,
    env: { ...process.env, ...env, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push({ child, folder });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  }
  let ended = false;
  const exitCode = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      ended = true;
      resolve(code);
    });
  });
  return {
    child,
    exitCode,
    output: () => output,
    async saw(text) {
      while (!output.includes(text)) {
        if (ended) throw new Error(`the run ended before it wrote "${text}":\n${output}`);
        await sleep(POLL_MS);
      }
    },
    leftovers: async () => [
      ...(await processesWith(folder)),
      ...(await listeningAt(urlsIn(output))),
      ...(await readdir(folder)),
    ],
  };
}

/** Ends the runs that a failed test left, and removes all folders. */
export async function endLocalRuns(): Promise<void> {
  for (const { child, folder } of started) {
    child.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Every child of a run has the run's folder in its environment. */
async function processesWith(folder: string): Promise<string[]> {
  const deadline = Date.now() + CLEARED_SECONDS * 1000;
  for (;;) {
    const all = execFileSync('ps', ['axeww', '-o', 'pid=,command='], {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    });
    const left = all.split('\n').filter((line) => line.includes(folder));
    if (left.length === 0 || Date.now() > deadline) return left;
    await sleep(POLL_MS);
  }
}

const urlsIn = (output: string): string[] => [
  ...new Set([...output.matchAll(/http:\/\/127\.0\.0\.1:\d+/g)].map(([url]) => url)),
];

async function listeningAt(urls: readonly string[]): Promise<string[]> {
  const answers = urls.map((url) =>
    fetch(url).then(
      () => [url],
      () => [],
    ),
  );
  return (await Promise.all(answers)).flat();
}
