import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND } from '../contract/times.ts';
import type { Environment } from './clean-environment.ts';

/** How long the operating system may take to clear away a killed process group. */
const END_SECONDS = 3;

/** Output kept of each process, to be shown when something fails. */
const KEPT_OUTPUT_CHARACTERS = 200_000;

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Environment;
  readonly cwd: string;
  /** Adds an IPC channel (`process.send`) for a child that is Node.js. Default: none. */
  readonly ipc?: boolean;
}

export interface RunningProcess {
  readonly child: ChildProcess;
  /** What it has written so far to stdout and stderr, in order of arrival; of a long output, the end. */
  output(): string;
  /** Settles when the process has ended, with its exit code; `null` when a signal ended it. */
  readonly ended: Promise<number | null>;
}

/** A command that could not be started, took too long or ended with another code than 0. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
  readonly output: string;

  constructor(message: string, output: string) {
    super(message);
    this.output = output;
  }
}

/**
 * Starts processes, each as the leader of a process group of its own, and ends whole groups. Ctrl-C in a terminal
 * therefore reaches this process alone, which ends the others; none of them holds anything worth a grace period.
 *
 * Should this process be killed itself, a child that reads its standard input comes to an end of it.
 *
 * @param signal aborts what runs and lets nothing new start
 */
export function createProcesses(signal: AbortSignal) {
  const running = new Set<RunningProcess>();

  function start(command: Command): RunningProcess {
    signal.throwIfAborted();
    const started = spawnGroup(command);
    running.add(started);
    void started.ended.then(() => running.delete(started));
    return started;
  }

  /**
   * Runs a command to its end and returns what it wrote.
   * @throws {CommandFailed}
   */
  async function run(command: Command, timeoutSeconds: number): Promise<string> {
    const started = start(command);
    const stop = AbortSignal.any([signal, AbortSignal.timeout(timeoutSeconds * SECOND)]);
    const kill = () => killGroup(started.child);
    stop.addEventListener('abort', kill, { once: true });
    const code = await started.ended.finally(() => stop.removeEventListener('abort', kill));
    signal.throwIfAborted();
    if (code === 0) return started.output();
    const what = stop.aborted ? `took longer than ${timeoutSeconds} s` : `ended with ${code ?? 'a signal'}`;
    throw new CommandFailed(what, started.output());
  }

  /** All that is possible in an `exit` handler. */
  function killAll(): void {
    for (const { child } of running) killGroup(child);
  }

  /** Kills every group and waits until none of its processes is left. */
  async function end(): Promise<void> {
    const groups = [...running];
    killAll();
    await Promise.all(groups.map(groupGone));
    process.off('exit', killAll);
  }

  process.once('exit', killAll);
  return { signal, start, run, end };
}

export type Processes = ReturnType<typeof createProcesses>;

/** A port that was free a moment ago. Whoever binds it must be ready to lose a race for it. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port was given to a TCP server');
  return address.port;
}

function spawnGroup({ file, args, env, cwd, ipc = false }: Command): RunningProcess {
  const stdio: StdioOptions = ipc ? ['pipe', 'pipe', 'pipe', 'ipc'] : 'pipe';
  const child = spawn(file, args, { cwd, env: { ...env }, stdio, detached: true });
  let output = '';
  const keep = (chunk: string) => {
    output = (output + chunk).slice(-KEPT_OUTPUT_CHARACTERS);
  };
  child.stdout?.setEncoding('utf8').on('data', keep);
  child.stderr?.setEncoding('utf8').on('data', keep);
  const ended = new Promise<number | null>((resolve) => {
    // Descendants that outlive it would keep its output open.
    child.once('exit', () => killGroup(child));
    child.once('close', resolve);
    child.once('error', (error) => {
      keep(`${error.message}\n`);
      resolve(null);
    });
  });
  return { child, ended, output: () => output };
}

function killGroup(child: ChildProcess): void {
  if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
}

async function groupGone({ child, ended }: RunningProcess): Promise<void> {
  await ended;
  const deadline = Date.now() + END_SECONDS * SECOND;
  while (child.pid !== undefined && signalGroup(child.pid, 0) && Date.now() < deadline) await sleep(20);
}

/** @returns false when the group has no process left. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}
