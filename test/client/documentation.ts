import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { awsEnvironment, type Environment } from '../../local/clean-environment.ts';
import type { World } from './world.ts';

const ROOT = new URL('../../', import.meta.url);
const DOCUMENTS = ['README.md', 'docs/consumers.md'];

/** What the examples call, and what stands for the request queue's URL in them. */
export const RESOURCE = 'https://api.example.com/orders';
export const QUEUE_URL = 'https://sqs.us-east-1.amazonaws.com/123456789012/token-refresher-sandbox.fifo';

/** Where their token is. */
export const EXAMPLE_ACCOUNT = '123456789012';

/** What examples and `test/e2e/other-libraries.ts` import and this project does not have. */
export const OTHER_PACKAGES = {
  '@aws-sdk/credential-providers': '3.1169.0',
  axios: '1.21.1',
  got: '16.1.0',
  ky: '2.1.0',
  'node-fetch': '3.3.2',
  'oldest-client-sqs': 'npm:@aws-sdk/client-sqs@3.1000.0',
  'oldest-client-ssm': 'npm:@aws-sdk/client-ssm@3.1000.0',
  'openapi-fetch': '0.17.0',
  undici: '7.29.1',
} as const;

/** An example of the documentation. */
export interface Example {
  /** Where it stands: `docs/consumers.md:48`. */
  readonly place: string;
  readonly text: string;
  readonly needsOtherPackages: boolean;
  /** Whether the refresher is asked for a new token after a 401. */
  readonly asksForRefresh: boolean;
  /** Whether the token is in another account or Region, which the AWS in memory does not keep apart. */
  readonly readsAcross: boolean;
}

/**
 * Examples in one language, named as at the code fence, of the README and of the documentation for consumers.
 *
 * @param containing what all of them have. Default: the resource, so all that call the API.
 */
export function examples(language: 'ts' | 'sh', containing = RESOURCE): readonly Example[] {
  return DOCUMENTS.flatMap((document) => {
    const text = readFileSync(new URL(document, ROOT), 'utf8');
    const fences = text.matchAll(new RegExp(`^( *)\`\`\`${language}\\n([^]*?)^ *\`\`\``, 'gm'));
    return [...fences].flatMap(({ index, 1: indent = '', 2: code = '' }) => {
      if (!code.includes(containing)) return [];
      const line = text.slice(0, index).split('\n').length;
      const example = {
        place: `${document}:${line}`,
        text: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
        needsOtherPackages: Object.keys(OTHER_PACKAGES).some((name) => code.includes(`from '${name}'`)),
        asksForRefresh: code.includes(QUEUE_URL),
        readsAcross: code.includes('ssmConfig:'),
      };
      return [example];
    });
  });
}

const COMMANDS = {
  ts: [process.execPath, '--input-type=module-typescript', '-'],
  sh: ['bash', '-euo', 'pipefail', '-s'],
} as const;

export interface Surroundings {
  readonly world: Pick<World, 'endpoint' | 'queueUrl' | 'resource'>;
  /** For files that the example leaves behind. */
  readonly folder: string;
  /** A project that has the package installed. Default: this one, whose client is used as it is. */
  readonly project?: string;
  /** Added to its environment. */
  readonly env?: Environment;
}

/** Runs an example as it stands but for its addresses; answers what it printed. */
export function run(
  language: 'ts' | 'sh',
  example: Example,
  { world, folder, project, env = {} }: Surroundings,
): Promise<string> {
  const text = example.text
    .replaceAll(RESOURCE, world.resource)
    .replaceAll(QUEUE_URL, world.queueUrl)
    // For SQS alone version 1 of the AWS CLI takes no notice of AWS_ENDPOINT_URL.
    .replaceAll('aws sqs ', `aws --endpoint-url ${world.endpoint} sqs `)
    .replaceAll(
      "'token-refresher/client'",
      project === undefined ? `'${new URL('client/index.ts', ROOT)}'` : "'token-refresher/client'",
    );
  const [file, ...args] = COMMANDS[language];
  // Packages are looked for from the folder on where a module comes from standard input.
  const cwd = language === 'ts' ? (project ?? ROOT) : folder;
  const itsEnv = {
    PATH: process.env.PATH,
    HOME: folder,
    TMPDIR: folder,
    ...awsEnvironment(world.endpoint),
    ...env,
  };
  return new Promise((resolve, reject) => {
    const child = execFile(file, args, { cwd, env: itsEnv, timeout: 60_000 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${example.place} failed: ${error.message}\n${stderr}`));
    });
    child.stdin?.end(text);
  });
}
