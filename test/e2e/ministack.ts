import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installMiniStack } from '../../local/aws/install-ministack.ts';
import { startMiniStack } from '../../local/aws/ministack.ts';
import { createProcesses } from '../../local/processes.ts';

/** Starts one MiniStack for all end-to-end tests, which find it in the variable `MINISTACK_ENDPOINT`. */
export default async function setup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'token-refresher-e2e-'));
  const processes = createProcesses(new AbortController().signal);
  const end = async () => {
    await processes.end();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const installed = await installMiniStack({
      processes,
      folder,
      userEnvironment: process.env,
      onInstall: () => process.stdout.write('Installing MiniStack into node_modules/.cache, this once.\n'),
    });
    const { endpoint } = await startMiniStack({ installed, processes, folder: join(folder, 'ministack') });
    process.env.MINISTACK_ENDPOINT = endpoint;
    return end;
  } catch (error) {
    await end();
    throw error;
  }
}
