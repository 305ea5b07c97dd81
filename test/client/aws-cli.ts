import { join } from 'node:path';
import type { Environment } from '../../local/clean-environment.ts';
import { createProcesses } from '../../local/processes.ts';
import { installPythonPackages } from '../../local/python-packages.ts';

/** The environment in which `aws` is the AWS CLI that this project is tested with, kept under `node_modules/.cache`. */
export async function withAwsCli(folder: string): Promise<Environment> {
  const { packages } = await installPythonPackages({
    requirements: join(import.meta.dirname, 'awscli-requirements.txt'),
    processes: createProcesses(new AbortController().signal),
    folder,
    userEnvironment: process.env,
    onInstall: () => process.stdout.write('Installing the AWS CLI into node_modules/.cache, this once.\n'),
  });
  return { PATH: `${join(packages, 'bin')}:${process.env.PATH}`, PYTHONPATH: packages };
}
