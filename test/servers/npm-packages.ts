import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cachedFolder } from '../../local/cached-folder.ts';
import { withoutAws } from '../../local/clean-environment.ts';
import type { Place } from './real-server.ts';

const INSTALL_SECONDS = 240;

export interface NpmPackages {
  /** Exact versions, first the one that is wanted. */
  readonly dependencies: Readonly<Record<string, string>>;
  /** What they need in turn is as new as on this day, which spares a lock file of 5,000 lines. */
  readonly before: string;
  /** Those that bring files for each kind of machine, too. */
  readonly withOptional?: boolean;
}

/** Finds packages under `node_modules/.cache`, or puts them there with npm; answers the folder. */
export function installNpmPackages(
  packages: NpmPackages,
  { processes, folder, say }: Place,
): Promise<string> {
  const [[name, version] = []] = Object.entries(packages.dependencies);
  const hash = createHash('sha256').update(JSON.stringify(packages)).digest('hex').slice(0, 10);
  return cachedFolder(`${name}-${version}-${hash}`, async (cwd) => {
    say(`installing ${name} ${version} into node_modules/.cache, this once`);
    const manifest = { private: true, dependencies: packages.dependencies };
    await writeFile(join(cwd, 'package.json'), JSON.stringify(manifest));
    const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel', 'error'];
    // Nothing of theirs runs at installation, and nothing is built.
    const omitted = packages.withOptional === true ? [] : ['--omit', 'optional'];
    const what = ['--ignore-scripts', ...omitted, '--before', packages.before];
    const env = { ...withoutAws(process.env), TMPDIR: folder };
    const command = { file: 'npm', args: ['install', '--prefix', cwd, ...quiet, ...what], cwd, env };
    await processes.run(command, INSTALL_SECONDS);
  });
}
