import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND } from '../../contract/times.ts';
import { type Environment, toolEnvironment } from '../../local/clean-environment.ts';
import {
  CommandFailed,
  createProcesses,
  type Processes,
  type RunningProcess,
} from '../../local/processes.ts';
import { temporaryFolder } from '../../local/temporary-folder.ts';
import { PROGRAM_ENV } from './programs/contract.ts';

const START_SECONDS = 90;

/** What a server is installed and started with. */
export interface Place {
  readonly processes: Processes;
  /** Folder for its files, which goes when it ends. */
  readonly folder: string;
  readonly say: (progress: string) => void;
}

/**
 * Says `listening on PORT` once it answers on the loopback interface. When its standard input ends, because whoever
 * started it was killed, it removes its folder and ends.
 */
export interface Program {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Environment;
}

export interface RealServer {
  readonly url: string;
  /** Ends its processes and removes its files. */
  close(): Promise<void>;
}

/** @param install answers the program, once what it needs is installed. */
export async function startRealServer(
  name: string,
  install: (place: Place) => Promise<Program>,
): Promise<RealServer> {
  const say = (progress: string) => void process.stdout.write(`${name}: ${progress}\n`);
  const cleanUp = new AsyncDisposableStack();
  const close = () => cleanUp.disposeAsync();
  // Before the folder, so that on an exit they are gone when it is removed.
  const processes = createProcesses(new AbortController().signal);
  try {
    const folder = await temporaryFolder(cleanUp);
    cleanUp.defer(processes.end);
    const { file, args, env } = await install({ processes, folder, say });
    const startedAt = Date.now();
    const given = { ...toolEnvironment(folder), ...env, [PROGRAM_ENV.folder]: folder };
    const port = await portOf(processes.start({ file, args, env: given, cwd: folder }));
    say(`started in ${((Date.now() - startedAt) / SECOND).toFixed(1)} s`);
    return { url: `http://127.0.0.1:${port}`, close };
  } catch (error) {
    await close();
    throw error instanceof CommandFailed ? new Error(`${name}: ${error.message}\n${error.output}`) : error;
  }
}

async function portOf(server: RunningProcess): Promise<string> {
  let hasEnded = false;
  void server.ended.then(() => {
    hasEnded = true;
  });
  const deadline = Date.now() + START_SECONDS * SECOND;
  while (!hasEnded && Date.now() < deadline) {
    const [, port] = /^listening on (\d+)$/m.exec(server.output()) ?? [];
    if (port !== undefined) return port;
    await sleep(50);
  }
  throw new CommandFailed(hasEnded ? 'ended' : `did not start in ${START_SECONDS} s`, server.output());
}
