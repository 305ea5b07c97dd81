import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { awsEnvironment } from '../../local/clean-environment.ts';
import type { World } from './world.ts';

const ROOT = new URL('../../', import.meta.url);
const DOCUMENTS = ['README.md', 'docs/consumers.md'];

/** What the examples call, and what stands for the request queue's URL in them. */
const RESOURCE = 'https://api.example.com/orders';
const QUEUE_URL = 'https://sqs.us-east-1.amazonaws.com/123456789012/token-refresher-sandbox.fifo';

/** An example that calls the API. */
export interface Example {
  /** Where it stands: `docs/consumers.md:48`. */
  readonly place: string;
  readonly text: string;
}

/** Examples in one language, named as at the code fence, of the README and of the documentation for consumers. */
export function examples(language: 'ts' | 'sh'): readonly Example[] {
  return DOCUMENTS.flatMap((document) => {
    const text = readFileSync(new URL(document, ROOT), 'utf8');
    const fences = text.matchAll(new RegExp(`^( *)\`\`\`${language}\\n([^]*?)^ *\`\`\``, 'gm'));
    return [...fences].flatMap(({ index, 1: indent = '', 2: code = '' }) => {
      if (!code.includes(RESOURCE)) return [];
      const line = text.slice(0, index).split('\n').length;
      return [{ place: `${document}:${line}`, text: code.replaceAll(new RegExp(`^${indent}`, 'gm'), '') }];
    });
  });
}

const COMMANDS = {
  ts: [process.execPath, '--input-type=module-typescript', '-'],
  sh: ['bash', '-euo', 'pipefail', '-s'],
} as const;

export interface Surroundings {
  readonly world: World;
  /** For files that the example leaves behind. */
  readonly folder: string;
  /** A project that has the package installed. Default: this one, whose client is used as it is. */
  readonly project?: string;
}

/** Runs an example as it stands but for its addresses; answers what it printed. */
export function run(
  language: 'ts' | 'sh',
  example: Example,
  { world, folder, project }: Surroundings,
): Promise<string> {
  const text = example.text
    .replaceAll(RESOURCE, world.resource)
    .replaceAll(QUEUE_URL, world.queueUrl)
    // For SQS alone version 1 of the AWS CLI takes no notice of AWS_ENDPOINT_URL.
    .replaceAll('aws sqs ', `aws --endpoint-url ${world.aws.endpoint} sqs `)
    .replaceAll(
      "'token-refresher/client'",
      project === undefined ? `'${new URL('client/index.ts', ROOT)}'` : "'token-refresher/client'",
    );
  const [file, ...args] = COMMANDS[language];
  // Packages are looked for from the folder on where a module comes from standard input.
  const cwd = language === 'ts' ? (project ?? ROOT) : folder;
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    TMPDIR: folder,
    ...awsEnvironment(world.aws.endpoint),
  };
  return new Promise((resolve, reject) => {
    const child = execFile(file, args, { cwd, env, timeout: 60_000 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${example.place} failed: ${error.message}\n${stderr}`));
    });
    child.stdin?.end(text);
  });
}
