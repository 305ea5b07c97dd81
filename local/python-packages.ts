import { readFile } from 'node:fs/promises';
import { cachedFolder } from './cached-folder.ts';
import { type Environment, withoutAws } from './clean-environment.ts';
import { CommandFailed, type Processes } from './processes.ts';

const PYTHON_CHECK_SECONDS = 20;

/** About 20 MB to download; an index that cannot be reached is noticed much sooner, by pip's own limits. */
const INSTALL_SECONDS = 120;

/** What is installed needs at least this Python 3. */
const OLDEST_PYTHON_MINOR = 10;

/** The packages cannot be had on this machine, for a reason that fits a line. */
export class PythonPackagesUnavailable extends Error {
  override readonly name = 'PythonPackagesUnavailable';
}

export interface InstalledPythonPackages {
  /** Of the first one. */
  readonly version: string;
  /** Path of the Python interpreter. */
  readonly python: string;
  /** Folder that holds the packages. */
  readonly packages: string;
}

export interface InstallOptions {
  /** A file that pins packages, first the one that is wanted and then all that it needs. */
  readonly requirements: string;
  readonly processes: Processes;
  /** Folder for temporary files. */
  readonly folder: string;
  /** The user's environment, which may name a proxy and a package index. */
  readonly userEnvironment: NodeJS.ProcessEnv;
  /** Called when an installation begins, hence only the first time. */
  readonly onInstall: () => void;
}

/**
 * Finds packages under `node_modules/.cache`, or puts them there with pip.
 * @throws {PythonPackagesUnavailable} without Python 3.10 or later, pip, or a package index that can be reached
 */
export async function installPythonPackages(options: InstallOptions): Promise<InstalledPythonPackages> {
  const python = await findPython(options);
  const { name, version } = await firstPinned(options.requirements);
  const packages = await cachedFolder(`${name}-${version}-py3.${python.minor}`, (folder) => {
    options.onInstall();
    return installInto(folder, python.file, options);
  });
  return { version, python: python.file, packages };
}

async function findPython({ processes, folder, userEnvironment }: InstallOptions) {
  const ask = 'import sys; print(sys.version_info[0], sys.version_info[1], sys.executable)';
  const env = withoutAws(userEnvironment);
  const answer = await processes
    .run({ file: 'python3', args: ['-c', ask], env, cwd: folder }, PYTHON_CHECK_SECONDS)
    .catch(unavailable(() => 'python3 was not found'));
  const [, major, minor, file] = /^(\d+) (\d+) (.+)$/m.exec(answer) ?? [];
  if (file === undefined) throw new PythonPackagesUnavailable('python3 does not answer as Python does');
  if (Number(major) !== 3 || Number(minor) < OLDEST_PYTHON_MINOR) {
    throw new PythonPackagesUnavailable(
      `it needs Python 3.${OLDEST_PYTHON_MINOR} or later, python3 is ${major}.${minor}`,
    );
  }
  return { file, minor };
}

async function installInto(
  packages: string,
  python: string,
  { requirements, processes, folder, userEnvironment }: InstallOptions,
) {
  const env: Environment = {
    ...withoutAws(userEnvironment),
    TMPDIR: folder,
    PIP_USER: '0',
    PIP_REQUIRE_VIRTUALENV: '0',
  };
  const quiet = ['--quiet', '--no-input', '--disable-pip-version-check', '--no-cache-dir', '--no-compile'];
  const reach = ['--retries', '1', '--timeout', '10'];
  const what = ['--no-deps', '--target', packages, '--requirement', requirements];
  const args = ['-m', 'pip', 'install', ...quiet, ...reach, ...what];
  await processes
    .run({ file: python, args, env, cwd: folder }, INSTALL_SECONDS)
    .catch(unavailable(pipFailure));
}

async function firstPinned(requirements: string): Promise<{ name: string; version: string }> {
  const [, name, version] = /^([\w-]+)==(\S+)$/m.exec(await readFile(requirements, 'utf8')) ?? [];
  if (name === undefined || version === undefined) throw new Error(`${requirements} pins no version`);
  return { name, version };
}

function pipFailure(error: CommandFailed): string {
  if (/No module named pip/.test(error.output)) return 'python3 has no pip';
  if (/connection|resolve|timed? ?out|No matching distribution/i.test(error.output)) {
    return 'the Python package index cannot be reached';
  }
  const lastError = error.output
    .trim()
    .split('\n')
    .findLast((line) => line.startsWith('ERROR'));
  return `pip ${error.message}${lastError ? `: ${lastError}` : ''}`;
}

function unavailable(reason: (error: CommandFailed) => string) {
  return (error: unknown): never => {
    throw error instanceof CommandFailed ? new PythonPackagesUnavailable(reason(error)) : error;
  };
}
