import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, type TestContext } from 'vitest';
import { FUNCTIONS, type FunctionName, functionBundle } from '../../lib/functions/function-bundles.ts';
import { worldWithToken } from '../client/world.ts';
import {
  APP,
  CONSUMER,
  environmentOf,
  IMPORT_CLIENT,
  IMPORTS,
  ONE_COPY,
  REQUIRES,
  TESTS,
  TYPED,
} from './programs.ts';
import { openProject, type Project } from './project.ts';

const FUNCTION_NAMES = Object.keys(FUNCTIONS) as FunctionName[];

const cleanUp = new AsyncDisposableStack();
let project: Project;
beforeAll(async () => {
  project = await openProject(cleanUp);
});
afterAll(() => cleanUp.disposeAsync());

/** A world whose token the API has just revoked. */
async function worldAfterRevocation(test: TestContext) {
  const world = await worldWithToken(test);
  world.api.model.revokeAccessTokens();
  return { answers: world.answers, env: environmentOf(world) };
}

it.concurrent.for(FUNCTION_NAMES)(
  'the packed function %s is the one that an app of this checkout deploys',
  (name) => {
    const packed = join(project.folder, 'node_modules/token-refresher/dist/function', name);
    const code = functionBundle(name);
    expect(readdirSync(packed).sort()).toEqual([...code.keys()].sort());
    for (const [file, contents] of code) expect(readFileSync(join(packed, file)).equals(contents)).toBe(true);
  },
);

const TYPESCRIPTS = ['typescript-5.4', 'typescript', 'typescript-7'];
/** A `.ts` file is CommonJS where no package.json says otherwise. TypeScript 7 knows node10 no more. */
const RESOLUTIONS = [
  { moduleResolution: 'node10', module: 'commonjs', files: ['typed.ts'] },
  { moduleResolution: 'node16', module: 'node16', files: ['typed.ts', 'typed.mts'] },
  { moduleResolution: 'nodenext', module: 'nodenext', files: ['typed.ts', 'typed.mts'] },
  { moduleResolution: 'bundler', module: 'esnext', files: ['typed.ts'] },
];
const MATRIX = TYPESCRIPTS.flatMap((typescript) =>
  RESOLUTIONS.filter(
    ({ moduleResolution }) => typescript !== 'typescript-7' || moduleResolution !== 'node10',
  ).map((how) => ({ typescript, ...how })),
);

it.concurrent.for(MATRIX)(
  '$typescript finds the types by $moduleResolution',
  async ({ typescript, files, ...how }) => {
    const settings = `${typescript}-${how.moduleResolution}.json`;
    const compilerOptions = { strict: true, target: 'es2022', types: ['node'], noEmit: true, ...how };
    await project.write({
      'typed.ts': TYPED,
      'typed.mts': TYPED,
      [settings]: JSON.stringify({ compilerOptions, files }),
    });
    await project.run([project.tool(`${typescript}/bin/tsc`), '--project', settings]);
  },
);

const PROGRAMS = [
  { kind: 'an ES module', file: 'program.mjs', imports: IMPORTS },
  { kind: 'CommonJS', file: 'program.cjs', imports: REQUIRES },
];
const RUNS = (['oldest', 'newest'] as const).flatMap((node) =>
  PROGRAMS.map((program) => ({ node, ...program })),
);

it.concurrent.for(RUNS)('on the $node Node.js, $kind synthesizes and calls the API', async (how, test) => {
  const { node, file, imports } = how;
  const { answers, env } = await worldAfterRevocation(test);
  await project.write({ [file]: `${imports}${APP}app.synth();${CONSUMER}` });
  const output = await project.run([file], { node, env: { ...env, OUT: `${node}-${file}.out` } });
  expect(output).toContain('answered 200');
  expect(answers).toEqual([401, 200]);
});

/** Both wait 5 s for a test by themselves, in which a busy machine does not load the CDK. */
const PATIENCE = '--testTimeout=120000';

/** What `cdk init` wrote until 2025, and what it writes now but for the place of types. */
const TEMPLATE = join(import.meta.dirname, '../../node_modules/aws-cdk/lib/init-templates/app/typescript');
const [tsconfig, jestConfig] = ['tsconfig.json', 'jest.config.js'].map((file) =>
  readFileSync(join(TEMPLATE, file), 'utf8'),
) as [string, string];
const OLD = {
  target: 'ES2020',
  module: 'commonjs',
  lib: ['es2020', 'dom'],
  strict: true,
  types: ['node', 'jest'],
};
const CDK_INIT = [
  {
    age: 'until 2025',
    runner: 'ts-node/dist/bin.js',
    tsconfig: JSON.stringify({ compilerOptions: OLD }),
    jestConfig: jestConfig.replace("['@swc/jest']", "'ts-jest'"),
  },
  {
    age: 'now',
    runner: 'tsx/dist/cli.mjs',
    tsconfig: tsconfig.replace('./node_modules', '../../node_modules'),
    jestConfig,
  },
];

it.concurrent.for(CDK_INIT)('$runner runs the app that cdk init makes $age', async ({ runner, tsconfig }) => {
  const [folder = ''] = runner.split('/');
  await project.write({
    [`${folder}/package.json`]: '{}',
    [`${folder}/tsconfig.json`]: tsconfig,
    [`${folder}/app.ts`]: `${IMPORTS}${APP}app.synth(); console.log('synthesized', TokenError.name);`,
  });
  const args = [project.tool(runner), 'app.ts'];
  const output = await project.run(args, { within: folder, env: { OUT: 'cdk.out' } });
  expect(output).toContain('synthesized TokenError');
});

it.concurrent.for(CDK_INIT)('Jest runs the tests of the app that cdk init makes $age', async (how, test) => {
  const folder = `jest ${how.age}`;
  await project.write({
    [`${folder}/package.json`]: '{}',
    [`${folder}/tsconfig.json`]: how.tsconfig,
    [`${folder}/jest.config.js`]: how.jestConfig,
    [`${folder}/test/stack.test.ts`]: TESTS.stack,
    [`${folder}/test/client.test.ts`]: TESTS.client,
  });
  const { answers, env } = await worldAfterRevocation(test);
  const output = await project.run([project.tool('jest/bin/jest.js'), PATIENCE], { within: folder, env });
  expect(output).toContain('Tests:       3 passed, 3 total');
  expect(answers).toEqual([401, 200]);
});

it.concurrent('Vitest runs the same tests', async (test) => {
  await project.write({
    'vitest/stack.test.ts': TESTS.stack,
    'vitest/client.test.ts': TESTS.client,
  });
  const { answers, env } = await worldAfterRevocation(test);
  const args = [project.tool('vitest/vitest.mjs'), 'run', '--globals', PATIENCE];
  expect(await project.run(args, { within: 'vitest', env })).toMatch(/Tests +3 passed/);
  expect(answers).toEqual([401, 200]);
});

it.concurrent('on the oldest Node.js, import and require lead to one copy of the client', async () => {
  const require =
    "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
  await project.write({ 'copies.mjs': require + ONE_COPY });
  expect(await project.run(['copies.mjs'], { node: 'oldest' })).toBe('one copy\n');
});

const ESBUILD = "require('esbuild').buildSync({ entryPoints: ['entry.js'], bundle: true, platform: 'node', ";
const BUNDLERS = {
  'esbuild to CommonJS': `${ESBUILD} format: 'cjs', outfile: 'bundle.cjs' });`,
  'esbuild to an ES module, the SDK outside': `${ESBUILD} format: 'esm', external: ['@aws-sdk/*'], outfile: 'bundle.mjs' });`,
  webpack: `
    const output = { path: __dirname, filename: 'bundle.cjs' };
    require('webpack')({ target: 'node', mode: 'production', entry: './entry.js', output }, (error, stats) => {
      if (error ?? stats.hasErrors()) throw error ?? new Error(stats.toString());
    });`,
};

it.concurrent.for(Object.entries(BUNDLERS))(
  '%s bundles one copy of the client, which works',
  async ([tool, program], test) => {
    await project.write({
      [`${tool}/package.json`]: '{}',
      [`${tool}/entry.js`]: `${IMPORT_CLIENT}${CONSUMER}${ONE_COPY}`,
      [`${tool}/build.cjs`]: program,
    });
    await project.run(['build.cjs'], { within: tool });
    const { answers, env } = await worldAfterRevocation(test);
    const bundle = program.includes('bundle.mjs') ? 'bundle.mjs' : 'bundle.cjs';
    expect(await project.run([bundle], { within: tool, env })).toBe('one copy\nanswered 200\n');
    expect(answers).toEqual([401, 200]);
  },
);

const LINTERS = {
  arethetypeswrong: `
    import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
    const { types, problems } = await checkPackage(createPackageFromTarballData(new Uint8Array(readFileSync(PACKED))));
    console.log(JSON.stringify([types.kind, ...problems]));`,
  publint: `
    import { publint } from 'publint';
    const { buffer } = new Uint8Array(readFileSync(PACKED));
    const { messages } = await publint({ pack: { tarball: buffer }, strict: true });
    console.log(JSON.stringify(['included', ...messages]));`,
};

it.concurrent.for(Object.entries(LINTERS))('%s finds nothing', async ([name, program]) => {
  const start = `import { readdirSync, readFileSync } from 'node:fs'; const PACKED = ${JSON.stringify(project.packed)};`;
  await project.write({ [`${name}.mjs`]: start + program });
  expect(JSON.parse(await project.run([`${name}.mjs`]))).toEqual(['included']);
});
