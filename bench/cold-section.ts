import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import { FUNCTION_ENV, SETTINGS_FILE } from '../contract/function-settings.ts';
import { accessTokenParameter, sessionParameter } from '../contract/names.ts';
import { bundle } from '../lib/functions/bundle.ts';
import { awsEnvironment } from '../local/clean-environment.ts';
import { SDK_PROGRAM, SIGNED_PROGRAM } from './cold-programs.ts';
import type { Section } from './report.ts';
import { type Statistics, shown, statisticsOf } from './statistics.ts';
import { ENVIRONMENT, openWorld, type World } from './world.ts';

const ROOT = join(import.meta.dirname, '..');
const TOKEN = 'payments-api';
const CALL_MS = 20;
const NAMES = { Names: [accessTokenParameter(ENVIRONMENT, TOKEN), sessionParameter(ENVIRONMENT, TOKEN)] };

/** Loads a program and calls its handler once, in a process of its own. */
const CHILD = `
const startedAt = performance.now();
const { handler } = await import(process.argv[1]);
const loadedAt = performance.now();
await handler(JSON.parse(process.argv[2]), { awsRequestId: '1', getRemainingTimeInMillis: () => 20_000 });
const { user, system } = process.cpuUsage();
const [load, whole] = [loadedAt - startedAt, performance.now() - startedAt];
process.stdout.write('\\n' + JSON.stringify({ load, whole, cpu: (user + system) / 1000, memory: process.memoryUsage.rss() / 2 ** 20 }));
process.exit(0);`;

interface Start {
  readonly load: number;
  readonly whole: number;
  readonly cpu: number;
  readonly memory: number;
}

const PROGRAMS = {
  refresh: 'this function, by refresh token',
  login: 'this function, by login',
  esm: 'bare SSM client, ES module',
  cjs: 'bare SSM client, CommonJS',
  signed: 'signed by hand, no SDK',
} as const;
type Program = keyof typeof PROGRAMS;

/** From the start of the program to the first token, each call taking 20 ms. */
export async function coldSection(rounds: number): Promise<Section> {
  const folder = mkdtempSync(join(tmpdir(), 'token-refresher-bench-'));
  try {
    const modules = writePrograms(folder);
    const starts = new Map<Program, Start[]>();
    await using world = await openWorld([TOKEN]);
    writeFileSync(join(folder, 'ours', SETTINGS_FILE), JSON.stringify(world.settings));
    world.aws.faults.add({
      operation: '*',
      fault: 'delay',
      delayMs: CALL_MS,
      times: Number.POSITIVE_INFINITY,
    });
    for (const endpoint of ['login', 'refresh'] as const) {
      world.api.faults.add(endpoint, { kind: 'slow', milliseconds: CALL_MS });
    }
    for (let round = 0; round < rounds; round++) {
      for (const program of Object.keys(PROGRAMS) as Program[]) {
        const start = await startOnce(program, modules[program], world);
        starts.set(program, [...(starts.get(program) ?? []), start]);
      }
    }
    return sectionOf(starts);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function writePrograms(folder: string): Record<Program, string> {
  mkdirSync(join(folder, 'ours'));
  for (const [name, contents] of bundle('handler.ts')) writeFileSync(join(folder, 'ours', name), contents);
  const ours = join(folder, 'ours/index.mjs');
  const bare = (name: string, contents: string, format: 'esm' | 'cjs'): string => {
    const outfile = join(folder, `${name}.${format === 'esm' ? 'mjs' : 'cjs'}`);
    buildSync({
      stdin: { contents, resolveDir: ROOT },
      bundle: true,
      minify: true,
      platform: 'node',
      target: 'node24',
      format,
      mainFields: ['module', 'main'],
      legalComments: 'none',
      outfile,
    });
    return outfile;
  };
  return {
    refresh: ours,
    login: ours,
    esm: bare('esm', SDK_PROGRAM, 'esm'),
    cjs: bare('cjs', SDK_PROGRAM, 'cjs'),
    signed: bare('signed', SIGNED_PROGRAM, 'esm'),
  };
}

async function startOnce(program: Program, module: string, world: World): Promise<Start> {
  if (program === 'login') world.aws.parameters.deleteParameters(NAMES);
  else world.makeOlder();
  const sentAt = String(Date.now());
  const attributes = {
    ApproximateReceiveCount: '1',
    SentTimestamp: sentAt,
    MessageGroupId: TOKEN,
    MessageDeduplicationId: sentAt,
    ApproximateFirstReceiveTimestamp: sentAt,
  };
  const body = JSON.stringify({ token: TOKEN, requestedBy: 'operator' });
  const record = { messageId: sentAt, receiptHandle: 'r', body, attributes, messageAttributes: {} };
  const env = {
    PATH: process.env.PATH,
    ...awsEnvironment(world.aws.endpoint),
    AWS_REGION: 'us-east-1',
    AWS_LAMBDA_FUNCTION_NAME: 'bench',
    [FUNCTION_ENV.queueUrl]: world.queueUrl,
    [FUNCTION_ENV.deadLetterQueueUrl]: world.deadLettersUrl,
    TOKEN_API: world.api.baseUrl,
    ACCESS_TOKEN: NAMES.Names[0],
    SESSION: NAMES.Names[1],
  };
  const version = () => world.aws.parameters.getParameters(NAMES).Parameters?.[0]?.Version ?? 0;
  const before = program === 'login' ? 0 : version();
  const args = ['--input-type=module', '--eval', CHILD, module, JSON.stringify({ Records: [record] })];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  if (version() === before) throw new Error(`${PROGRAMS[program]} stored no token: ${stdout}`);
  return JSON.parse(stdout.slice(stdout.lastIndexOf('\n')));
}

function sectionOf(starts: ReadonlyMap<Program, readonly Start[]>): Section {
  const of = (program: Program, what: keyof Start): Statistics =>
    statisticsOf((starts.get(program) ?? []).map((start) => start[what]));
  const bare = of('esm', 'whole').median;
  return {
    title: 'Cold start',
    text: `From the start of the program to the first token, each call taking ${CALL_MS} ms, with the CPU of this machine: Lambda gives a function of 512 MB less than a third of one. The bare programs do the same calls without retries, limits or a log.`,
    head: ['program', 'load, ms', 'to the first token, ms', '× bare ES module', 'CPU, ms', 'memory, MiB'],
    rows: (Object.entries(PROGRAMS) as [Program, string][]).map(([program, name]) => [
      name,
      shown(of(program, 'load')),
      shown(of(program, 'whole')),
      (of(program, 'whole').median / bare).toFixed(2),
      shown(of(program, 'cpu')),
      String(Math.round(of(program, 'memory').median)),
    ]),
    targets: [
      {
        what: 'load and first token by refresh, beside the bare SSM client',
        target: 0.93,
        seen: of('refresh', 'whole').median / bare,
        unit: '×',
      },
      {
        what: 'load and first token by login, beside the bare SSM client',
        target: 1,
        seen: of('login', 'whole').median / bare,
        unit: '×',
      },
    ],
  };
}
