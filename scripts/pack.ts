import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { outsideOfNpm } from '../local/clean-environment.ts';
import { createProcesses } from '../local/processes.ts';
import { installPythonPackages } from '../local/python-packages.ts';
import { temporaryFolder } from '../local/temporary-folder.ts';

const ROOT = join(import.meta.dirname, '..');
const PACK_SECONDS = 120;

/** What a release consists of: paths of files. */
export interface Packed {
  readonly npm: string;
  readonly wheel: string;
  readonly sdist: string;
}

/**
 * Packs a copy of the checkout's files, so that nothing else is packed and nothing is left behind.
 * @param outdir an empty folder
 */
export async function pack(outdir: string, say: (text: string) => void): Promise<Packed> {
  await using cleanUp = new AsyncDisposableStack();
  const folder = await temporaryFolder(cleanUp);
  const processes = createProcesses(new AbortController().signal);
  cleanUp.defer(processes.end);
  const copy = copyOfCheckout(join(folder, 'copy'));
  const env = { ...outsideOfNpm(process.env), TMPDIR: folder };

  // npm is no program that Windows can run as it is; whoever runs a script of npm is told its file.
  const npm = process.env.npm_execpath === undefined ? ['npm'] : [process.execPath, process.env.npm_execpath];
  const [file = '', ...args] = [...npm, 'pack', '--pack-destination', outdir];
  say(await processes.run({ file, args, cwd: copy, env }, PACK_SECONDS));

  const { python, packages } = await installPythonPackages({
    requirements: join(ROOT, 'client-python/requirements-build.txt'),
    processes,
    folder,
    userEnvironment: process.env,
    onInstall: () => say('installing what makes the Python packages into node_modules/.cache, this once'),
  });
  cpSync(join(copy, 'LICENSE'), join(copy, 'client-python/LICENSE'));
  const build = ['-m', 'build', '--no-isolation', '--outdir', outdir, 'client-python'];
  const withBuild = { ...env, PYTHONPATH: packages };
  await processes.run({ file: python, args: build, cwd: copy, env: withBuild }, PACK_SECONDS);
  return packedIn(outdir);
}

export function packedIn(folder: string): Packed {
  const only = (ending: string): string => {
    const [name, ...others] = readdirSync(folder).filter((file) => file.endsWith(ending));
    if (name === undefined || others.length > 0)
      throw new Error(`${folder} does not hold one file *${ending}`);
    return join(folder, name);
  };
  return { npm: only('.tgz'), wheel: only('.whl'), sdist: only('.tar.gz') };
}

/** Tracked files, and those that the next commit could take in. */
function copyOfCheckout(copy: string): string {
  mkdirSync(copy);
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'];
  const files = execFileSync('git', list, { cwd: ROOT, encoding: 'utf8' }).split('\0');
  for (const name of files.filter((one) => one !== '')) cpSync(join(ROOT, name), join(copy, name));
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'), 'junction');
  return copy;
}
