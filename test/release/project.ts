import { readFileSync } from 'node:fs';
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Environment, toolEnvironment } from '../../local/clean-environment.ts';
import { CommandFailed, createProcesses } from '../../local/processes.ts';
import { temporaryFolder } from '../../local/temporary-folder.ts';
import { installNpmPackages } from '../servers/npm-packages.ts';
import { packedRelease } from './packed-release.ts';

const ROOT = join(import.meta.dirname, '../..');
const COMMAND_SECONDS = 110;

const { devDependencies, engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const asHere = (...names: string[]) => Object.fromEntries(names.map((name) => [name, devDependencies[name]]));

/** The oldest Node.js that the package admits, and the one of Lambda. */
const NODES = { oldest: engines.node.replace('>=', ''), newest: devDependencies.node } as const;
const NODE_PACKAGE = `node-${process.platform}-${process.arch}`;

const PACKAGES = {
  dependencies: {
    typescript: '5.9.3',
    'typescript-5.4': 'npm:typescript@5.4.5',
    'typescript-7': `npm:typescript@${devDependencies.typescript}`,
    ...asHere('aws-cdk-lib', 'constructs', '@types/node', 'vitest', 'esbuild'),
    '@aws-sdk/client-sqs': devDependencies['@aws-sdk/client-sts'],
    '@aws-sdk/client-ssm': devDependencies['@aws-sdk/client-sts'],
    '@arethetypeswrong/core': '0.18.5',
    '@swc/core': '1.16.22',
    '@swc/jest': '0.2.39',
    '@types/jest': '30.0.0',
    jest: '30.5.2',
    publint: '0.3.25',
    'ts-jest': '29.4.15',
    'ts-node': '10.9.2',
    tsx: '4.23.15',
    webpack: '5.113.0',
    ...Object.fromEntries(
      Object.values(NODES).map((version) => [`node-${version}`, `npm:${NODE_PACKAGE}@${version}`]),
    ),
  },
  before: '2026-11-20',
  withOptional: true,
};

export interface Run {
  readonly node?: keyof typeof NODES;
  /** A folder of the project. Default: itself. */
  readonly within?: string;
  readonly env?: Environment;
}

/** A project that has the packed package, CDK and SDK, and the tools that people build and test with. */
export interface Project {
  readonly folder: string;
  /** The packed file. */
  readonly packed: string;
  /** A program of a package, by its file. */
  tool(file: string): string;
  write(files: Readonly<Record<string, string>>): Promise<void>;
  /** Runs a program of Node.js there; answers what it wrote. Rejects with the same if it fails. */
  run(args: readonly string[], options?: Run): Promise<string>;
}

export async function openProject(cleanUp: AsyncDisposableStack): Promise<Project> {
  const temporary = await temporaryFolder(cleanUp);
  const processes = createProcesses(new AbortController().signal);
  cleanUp.defer(processes.end);
  const command = async (file: string, args: readonly string[], cwd: string, env: Environment) => {
    const ended = processes.run({ file, args, cwd, env }, COMMAND_SECONDS);
    return ended.catch((error: unknown) => {
      throw error instanceof CommandFailed
        ? new Error(`${args.join(' ')}: ${error.message}\n${error.output}`)
        : error;
    });
  };
  const say = (progress: string) => void process.stdout.write(`${progress}\n`);
  const packages = await installNpmPackages(PACKAGES, { processes, folder: temporary, say });
  const packed = (await packedRelease(temporary)).npm;
  // Node.js and TypeScript look for packages in the folders above. Jest takes nothing under a node_modules for a test.
  await symlink(join(packages, 'node_modules'), join(temporary, 'node_modules'), 'junction');
  const folder = join(temporary, 'project');
  await command('tar', ['-xzf', packed, '-C', temporary], temporary, toolEnvironment(temporary));
  await cp(join(temporary, 'package'), join(folder, 'node_modules/token-refresher'), { recursive: true });
  return {
    folder,
    packed,
    tool: (file) => join(temporary, 'node_modules', file),
    async write(files) {
      for (const [name, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, name)), { recursive: true });
        await writeFile(join(folder, name), text);
      }
    },
    run: (args, { node = 'newest', within = '.', env = {} } = {}) => {
      const file = join(packages, `node_modules/node-${NODES[node]}/bin/node`);
      return command(file, args, join(folder, within), { ...toolEnvironment(temporary), ...env });
    },
  };
}
