/// <reference lib="esnext.disposable" />
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new folder for this run's files; also removed if the process ends by an uncaught error. */
export async function temporaryFolder(cleanUp: AsyncDisposableStack): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'token-refresher-local-'));
  const options = { recursive: true, force: true, maxRetries: 3 } as const;
  const remove = () => rmSync(folder, options);
  process.once('exit', remove);
  cleanUp.defer(async () => {
    await rm(folder, options);
    process.off('exit', remove);
  });
  return folder;
}
