import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND } from '../../contract/times.ts';
import { toolEnvironment } from '../clean-environment.ts';
import { freePort, type Processes, type RunningProcess } from '../processes.ts';
import type { InstalledPythonPackages } from '../python-packages.ts';

const START_SECONDS = 30;

/** Another process may take the free port first; then the next one is tried. */
const START_TRIES = 5;

/** `python3 -m ministack`, which also ends, with its functions, when the process that holds its standard input does. */
const PROGRAM = `
import os, runpy, signal, sys, threading

def end_with_parent():
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGKILL)

threading.Thread(target=end_with_parent, daemon=True).start()
runpy.run_module("ministack", run_name="__main__")
`;

export interface MiniStack {
  readonly endpoint: string;
  /** Its log so far. */
  log(): string;
}

export interface StartOptions {
  readonly installed: InstalledPythonPackages;
  readonly processes: Processes;
  /** Folder for all its files. */
  readonly folder: string;
}

/**
 * Starts MiniStack on a free port of the loopback interface. It ends with `processes`.
 * @throws when it ends or says nothing, with the end of its log
 */
export async function startMiniStack({ installed, processes, folder }: StartOptions): Promise<MiniStack> {
  await mkdir(folder, { recursive: true });
  for (let tried = 1; ; tried++) {
    const port = await freePort();
    const ministack = processes.start({
      file: installed.python,
      args: ['-c', PROGRAM],
      env: { ...toolEnvironment(folder), ...settings(port, folder), PYTHONPATH: installed.packages },
      cwd: folder,
    });
    if (await listening(ministack, port, processes.signal)) {
      return { endpoint: `http://127.0.0.1:${port}`, log: ministack.output };
    }
    const portTaken = /already in use/i.test(ministack.output());
    if (!portTaken || tried === START_TRIES)
      throw new Error(`MiniStack did not start:\n${ministack.output()}`);
  }
}

function settings(port: number, folder: string) {
  return {
    GATEWAY_PORT: String(port),
    BIND_HOST: '127.0.0.1',
    // In queue URLs, where `localhost` could be ::1.
    MINISTACK_HOST: '127.0.0.1',
    // Functions run as child processes; never look for a Docker daemon, whose containers would be "cleaned up".
    LAMBDA_EXECUTOR: 'local',
    DOCKER_HOST: `unix://${join(folder, 'no-docker.sock')}`,
    // By default in /tmp, where it would stay.
    STATE_DIR: join(folder, 'state'),
    // Both would bind ports that two runs cannot share.
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
  };
}

/** Believes this process's own log only: an answer on the port could come from another run's MiniStack. */
async function listening(ministack: RunningProcess, port: number, signal: AbortSignal): Promise<boolean> {
  let ended = false;
  void ministack.ended.then(() => {
    ended = true;
  });
  const deadline = Date.now() + START_SECONDS * SECOND;
  while (!ended && Date.now() < deadline) {
    if (ministack.output().includes(`Running on http://127.0.0.1:${port}`)) return true;
    await sleep(50, undefined, { signal });
  }
  return false;
}
