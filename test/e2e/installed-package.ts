import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outsideOfNpm } from '../../local/clean-environment.ts';
import { createProcesses } from '../../local/processes.ts';
import { OTHER_PACKAGES } from '../client/documentation.ts';

export const ROOT = join(import.meta.dirname, '../..');

/** Packing and installing, each. */
const NPM_SECONDS = 110;
const PROGRAM_SECONDS = 110;

/**
 * An otherwise empty project that has this package installed, from the file that `npm pack` makes, and what
 * its users have beside it: the CDK, types of Node.js, the packages of the documentation's examples.
 */
export interface InstalledPackage {
  readonly project: string;
  /** Runs the oldest Node.js that the package admits; answers what it wrote. Rejects with the same if it fails. */
  node(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<string>;
  close(): Promise<void>;
}

/** Needs the package registry. */
export async function installPackage(): Promise<InstalledPackage> {
  const folder = await mkdtemp(join(tmpdir(), 'token-refresher-package-'));
  const project = join(folder, 'project');
  const processes = createProcesses(new AbortController().signal);
  const close = async () => {
    await processes.end();
    await rm(folder, { recursive: true, force: true });
  };
  // Whatever npm and Node.js cache for themselves goes with the folder.
  const outside = { ...outsideOfNpm(process.env), TMPDIR: folder };
  const run = async (file: string, { args, cwd, env, seconds }: Run): Promise<string> => {
    const command = { file, args, cwd, env: { ...outside, ...env } };
    return processes.run(command, seconds).catch((error) => {
      throw new Error(`${file} ${args.join(' ')}: ${error.message}\n${error.output}`);
    });
  };
  const npm = (cwd: string, ...args: string[]) => run('npm', { args, cwd, seconds: NPM_SECONDS });
  try {
    await mkdir(project);
    await npm(ROOT, 'pack', '--pack-destination', folder);
    const tarball = (await readdir(folder)).find((file) => file.endsWith('.tgz'));
    if (tarball === undefined) throw new Error('npm pack made no file');
    await writeFile(join(project, 'package.json'), '{ "private": true, "allowScripts": { "node": true } }\n');
    await npm(project, 'install', '--no-audit', '--no-fund', join(folder, tarball), ...pinned());
    const node: InstalledPackage['node'] = (args, env = {}) =>
      run('node_modules/.bin/node', { args, cwd: project, env, seconds: PROGRAM_SECONDS });
    return { project, node, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Run {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly seconds: number;
}

/** What this project is tested with, the oldest Node.js that it admits, and what the documentation's examples need. */
function pinned(): string[] {
  const { devDependencies, engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const tested = ['aws-cdk-lib', 'constructs', '@types/node'].map((name) => [name, devDependencies[name]]);
  const oldestNode = ['node', engines.node.replace('>=', '')];
  return [...tested, oldestNode, ...Object.entries(OTHER_PACKAGES)].map(
    ([name, version]) => `${name}@${version}`,
  );
}
