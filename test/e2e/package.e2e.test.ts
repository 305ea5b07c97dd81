import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as client from '../../client/index.ts';
import { SETTINGS_FILE, SETTINGS_FORMAT_VERSION } from '../../contract/function-settings.ts';
import { accessTokenParameter } from '../../contract/names.ts';
import { defaultTokenApi } from '../../contract/token-api.ts';
import { type FunctionName, functionBundle } from '../../lib/functions/function-bundles.ts';
import * as library from '../../lib/index.ts';
import { awsEnvironment } from '../../local/clean-environment.ts';
import { EXAMPLE_ACCOUNT, type Example, examples, run } from '../client/documentation.ts';
import { type MiniStackWorld, openMiniStackWorld } from '../client/ministack-world.ts';
import { worldWithToken } from '../client/world.ts';
import { type InstalledPackage, installPackage, ROOT } from './installed-package.ts';
import {
  BODY,
  startOrderingApi,
  startRedirectingApi,
  startRefusingApi,
  withOtherLibraries,
} from './other-libraries.ts';

const PARAMETER = accessTokenParameter('sandbox', 'payments-api');

const REGION = { Ref: 'AWS::Region' };

let installed: InstalledPackage;
let synthesized: string;
beforeAll(async () => {
  installed = await installPackage();
  synthesized = join(installed.project, 'cdk.out');
  await writeFile(join(installed.project, 'app.mjs'), appOfReadme());
  await installed.node(['app.mjs'], { CDK_OUTDIR: synthesized });
});
afterAll(() => installed?.close());

/** The README's CDK app, word for word. */
function appOfReadme(): string {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const blocks = [...readme.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code = '']) => code);
  const [app = '', ...others] = blocks.filter((code) => code.includes("from 'token-refresher';"));
  expect(others).toEqual([]);
  return app;
}

function propertiesOf<Properties>(stack: string, type: string): Properties[] {
  const { Resources } = JSON.parse(readFileSync(join(synthesized, `${stack}.template.json`), 'utf8'));
  return Object.values<{ Type: string; Properties: Properties }>(Resources)
    .filter(({ Type }) => Type === type)
    .map(({ Properties }) => Properties);
}

/** As a template writes it, of any partition, Region and account. */
const arn = (service: string, resource: string) => {
  const [partition, account] = [{ Ref: 'AWS::Partition' }, { Ref: 'AWS::AccountId' }];
  return { 'Fn::Join': ['', ['arn:', partition, `:${service}:`, REGION, ':', account, `:${resource}`]] };
};

it("two lines of the README's app give a function of another stack one token to read, and nothing else", () => {
  const policies = propertiesOf<{ PolicyDocument: { Statement: unknown[] } }>('Orders', 'AWS::IAM::Policy');
  const parameter = arn('ssm', `parameter${PARAMETER}`);
  expect(policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)).toEqual([
    {
      Effect: 'Allow',
      Action: ['ssm:GetParameter', 'ssm:GetParameters'],
      Resource: parameter,
    },
    {
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: arn('kms', 'key/*'),
      Condition: {
        StringEquals: {
          'kms:ViaService': [
            { 'Fn::Join': ['', ['ssm.', REGION, '.amazonaws.com']] },
            { 'Fn::Join': ['', ['ssm.', REGION, '.', { Ref: 'AWS::URLSuffix' }]] },
          ],
          'kms:EncryptionContext:PARAMETER_ARN': [parameter],
        },
        'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/token-refresher/sandbox' },
      },
    },
  ]);
});

it('the functions are those of this checkout, bundled before, and the settings stand beside the refresher', () => {
  const assets = propertiesOf<{ Code: { S3Key: string } }>('Tokens', 'AWS::Lambda::Function').map(
    ({ Code }) => join(synthesized, `asset.${Code.S3Key.replace('.zip', '')}`),
  );
  const refresher = assets.find((asset) => readdirSync(asset).includes(SETTINGS_FILE)) ?? '';
  const cleanUp = assets.find((asset) => asset !== refresher) ?? '';
  expect(assets).toHaveLength(2);
  expect(readdirSync(refresher).sort()).toEqual(
    [...functionBundle('refresher').keys(), SETTINGS_FILE].sort(),
  );
  expect(JSON.parse(readFileSync(join(refresher, SETTINGS_FILE), 'utf8'))).toMatchObject({
    formatVersion: SETTINGS_FORMAT_VERSION,
    environment: 'sandbox',
    tokens: { 'payments-api': { api: defaultTokenApi('https://sandbox.payments.example.com/v1') } },
  });
  const isBundle = (asset: string, name: FunctionName) =>
    [...functionBundle(name)].every(([file, code]) => readFileSync(join(asset, file)).equals(code));
  expect(isBundle(refresher, 'refresher')).toBe(true);
  expect(isBundle(cleanUp, 'clean-up')).toBe(true);
});

it('the project has what the client needs, and nothing that only builds or tests', () => {
  const has = (name: string) => existsSync(join(installed.project, 'node_modules', name));
  expect(['@aws-sdk/client-ssm', '@aws-sdk/client-sqs'].filter(has)).toHaveLength(2);
  expect(['esbuild', 'typescript', '@aws-lambda-powertools/logger', 'cdk-nag'].filter(has)).toEqual([]);
  expect(readdirSync(join(installed.project, 'node_modules/token-refresher')).sort()).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'dist',
    'docs',
    'package.json',
  ]);
});

it('apps in CommonJS can load it, too', async () => {
  const names = "Object.keys({ ...require('token-refresher'), ...require('token-refresher/client') }).sort()";
  const output = await installed.node([
    '--no-warnings',
    '--input-type=commonjs',
    '--print',
    `${names}.join()`,
  ]);
  expect(output.trim()).toBe(
    Object.keys({ ...library, ...client })
      .sort()
      .join(),
  );
});

it('an API without a name in the catalogue is described in an app of its own, by settings only', async () => {
  const app = `
    import { App, Stack } from 'aws-cdk-lib';
    import { login, refreshToken, secret, TokenRefresher } from 'token-refresher';
    const refresher = new TokenRefresher(new Stack(new App(), 'Own'), 'Refresher', { environment: 'sandbox', alarmEmail: 'a@example.com' });
    refresher.addToken('tickets', { baseUrl: 'https://tickets.example.com', api: login({
      url: '/v2/session',
      headers: { 'X-Tenant': secret('tenant') },
      form: { email: secret('email'), password: secret('password') },
      refresh: { url: '/v2/session/renew', json: { renewal: refreshToken } },
      answer: { token: '/session/key', refreshToken: '/session/renewal', expires: { at: '/session/until', unit: 'epochMs' } },
    }) });
  `;
  const outdir = join(installed.project, 'own.out');
  await writeFile(join(installed.project, 'own.mjs'), app);
  await installed.node(['own.mjs'], { CDK_OUTDIR: outdir });
  const asset = readdirSync(outdir).find((name) => existsSync(join(outdir, name, SETTINGS_FILE))) ?? '';
  const { tokens } = JSON.parse(readFileSync(join(outdir, asset, SETTINGS_FILE), 'utf8'));
  expect(tokens.tickets.api).toMatchObject({
    login: { url: 'https://tickets.example.com/v2/session', form: { email: { secret: 'email' } } },
    refresh: { json: { renewal: { value: 'refreshToken' } } },
    answer: { expires: { at: ['/session/until'], unit: 'epochMs' } },
  });
});

const ofClient = examples('ts').filter(({ text }) => text.includes("from 'token-refresher/client'"));
const [near, across] = [
  ofClient.filter((one) => !one.readsAcross),
  ofClient.filter((one) => one.readsAcross),
];
const asking = near.filter(({ asksForRefresh }) => asksForRefresh);

it.for([
  { resolution: 'nodenext', module: 'nodenext' },
  { resolution: 'bundler', module: 'esnext' },
])(
  'its types accept the examples, and refuse a slip, as $resolution finds them',
  async ({ resolution, module }) => {
    const slips = [
      "import { Token as Misused } from 'token-refresher';",
      "import { createTokenClient } from 'token-refresher/client';",
      '// @ts-expect-error A token has a name.',
      "Misused.fromName(orders, { environment: 'sandbox' });",
      '// @ts-expect-error There is no such option.',
      "createTokenClient({ environment: 'sandbox', token: 'payments-api', lifetime: 60 });",
    ];
    const texts = [...ofClient, ...withOtherLibraries].map(({ text }) => text);
    const programs = [[appOfReadme(), ...slips].join('\n'), ...texts];
    const files = programs.map((_, index) => `types-${index}.mts`);
    await Promise.all(
      files.map((file, index) => writeFile(join(installed.project, file), programs[index] ?? '')),
    );
    const flags = ['--noEmit', '--strict', '--target', 'es2024', '--types', 'node', '--module', module];
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    await installed.node([tsc, ...flags, '--moduleResolution', resolution, ...files]);
  },
);

it('there are examples of the client', () => {
  expect(near.length).toBeGreaterThanOrEqual(5);
  expect(asking.length).toBeGreaterThanOrEqual(3);
  expect(across).toHaveLength(2);
});

it.for(near)('the example at $place runs with the installed client', async (example, test) => {
  const world = await worldWithToken(test);
  const { project } = installed;
  await run('ts', example, { world, folder: project, project });
  expect(world.answers).toEqual([200]);
});

it.for(asking)(
  'the example at $place sends its request once more after a 401, with a new token',
  async (example, test) => {
    const world = await worldWithToken(test);
    const { project } = installed;
    world.api.model.revokeAccessTokens();
    await run('ts', example, { world, folder: project, project });
    expect(world.answers).toEqual([401, 200]);
  },
);

it.for(withOtherLibraries)(
  'a body is sent once more after a 401, with a new token: $place',
  async (program, test) => {
    const world = await worldWithToken(test);
    const { url: resource, bodies } = await startRefusingApi(test);
    const { project } = installed;
    await run('ts', program, { world: { ...world, resource }, folder: project, project });
    expect(bodies).toEqual([BODY, BODY]);
  },
);

it.for(withOtherLibraries)(
  'an order that the API took is not sent again after a 401 behind the redirect: $place',
  async (program, test) => {
    const world = await worldWithToken(test);
    const { url: resource, requests } = await startOrderingApi(test);
    const { project } = installed;
    await run('ts', program, { world: { ...world, resource }, folder: project, project });
    expect(requests).toEqual([`POST ${BODY}`, 'GET', 'GET']);
  },
);

it.for(asking.filter(({ text }) => /\bapi(?:\.get)?\(/.test(text)))(
  'nor by the example at $place, which fails instead',
  async (example, test) => {
    const world = await worldWithToken(test);
    const { url: resource, requests } = await startOrderingApi(test);
    const { project } = installed;
    const options = example.text.includes("from 'got'") ? `{ body: '${BODY}' }` : `'${BODY}'`;
    const text = example.text.replace(/\bapi(?:\.get)?\('(.*?)'\)/, `api.post('$1', ${options})`);
    const ended = run(
      'ts',
      { ...example, text },
      { world: { ...world, resource }, folder: project, project },
    );
    await expect(ended).rejects.toThrow(/\b401\b/);
    expect(requests).toEqual([`POST ${BODY}`, 'GET']);
  },
);

it.for(asking)(
  'the example at $place sends the token to nobody that the API redirects to, and asks for no other',
  async (example, test) => {
    const world = await worldWithToken(test);
    const { url: resource, authorizations } = await startRedirectingApi(test);
    const { project } = installed;
    await run('ts', example, { world: { ...world, resource }, folder: project, project }).catch(
      (error: Error) => expect(error.message).toMatch(/\b401\b/),
    );
    expect(authorizations).toEqual([undefined]);
    expect(world.requests()).toBe(0);
  },
);

it('the example with axios does not send what is left of a stream', async (test) => {
  const world = await worldWithToken(test);
  const { url: resource, bodies } = await startRefusingApi(test);
  const { project } = installed;
  const [example] = near.filter(({ text }) => text.includes("from 'axios'"));
  const text = example?.text.replace(/api\.get\((.*?)\)/, `api.post($1, Readable.from(['${BODY}']))`);
  const withStream = { ...example, text: `import { Readable } from 'node:stream';\n${text}` } as Example;
  const ended = run('ts', withStream, { world: { ...world, resource }, folder: project, project });
  await expect(ended).rejects.toThrow('status code 401');
  expect(bodies).toEqual([BODY]);
});

describe('with a token in another account or Region of a MiniStack', () => {
  let world: MiniStackWorld;
  beforeAll(async () => {
    const endpoint = process.env.MINISTACK_ENDPOINT ?? '';
    world = await openMiniStackWorld(endpoint, { environment: 'sandbox', account: EXAMPLE_ACCOUNT });
  });
  afterAll(() => world?.close());

  it.for([
    { what: 'fromTemporaryCredentials', env: {} },
    {
      what: "ssmConfig: { region: 'us-east-1' }",
      env: { AWS_ACCESS_KEY_ID: EXAMPLE_ACCOUNT, AWS_REGION: 'eu-central-1' },
    },
  ])('the example with $what reads it; without ssmConfig it is not found', async ({ what, env }) => {
    const { project } = installed;
    const [example, ...others] = across.filter(({ text }) => text.includes(what));
    if (example === undefined || others.length > 0) throw new Error(`not one example has ${what}`);
    const surroundings = { world, folder: project, project, env };
    const without = { ...example, text: example.text.replace(/^ *ssmConfig: .*$/m, '') };
    await expect(run('ts', without, surroundings)).rejects.toThrow('ParameterNotFound');
    const before = world.answers.length;
    await run('ts', example, surroundings);
    expect(world.answers.slice(before)).toEqual([200]);
  });
});

it('getToken of the installed client answers the token that is stored', async (test) => {
  const world = await worldWithToken(test);
  const { Parameter } = world.aws.parameters.getParameter({ Name: PARAMETER, WithDecryption: true });
  const program = [
    "import { createTokenClient } from 'token-refresher/client';",
    "console.log(await createTokenClient({ environment: 'sandbox', token: 'payments-api' }).getToken());",
  ];
  const env = awsEnvironment(world.aws.endpoint);
  const output = await installed.node(['--input-type=module', '--eval', program.join('\n')], env);
  expect(output.trim()).toBe(Parameter?.Value);
});
