import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { awsEnvironment, toolEnvironment, withoutAws } from '../../local/clean-environment.ts';
import { createProcesses } from '../../local/processes.ts';
import { temporaryFolder } from '../../local/temporary-folder.ts';
import type { Packed } from '../../scripts/pack.ts';
import { PARAMETER, worldWithToken } from '../client/world.ts';
import { packedRelease } from './packed-release.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const PYTHON_SECONDS = 110;
const PROGRAM = `
import importlib.metadata, os, sys
import token_refresher_client
import token_refresher_client.httpx_auth, token_refresher_client.requests_auth
folder = os.path.dirname(token_refresher_client.__file__)
assert folder.startswith(sys.prefix), folder
assert os.path.exists(os.path.join(folder, "py.typed"))
client = token_refresher_client.TokenClient(environment="sandbox", token="payments-api")
print(client.get_token(), importlib.metadata.version("token-refresher-client"))
`;

const cleanUp = new AsyncDisposableStack();
const processes = createProcesses(new AbortController().signal);
let folder: string;
let packed: Packed;
beforeAll(async () => {
  folder = await temporaryFolder(cleanUp);
  cleanUp.defer(processes.end);
  packed = await packedRelease(folder);
});
afterAll(() => cleanUp.disposeAsync());

/** Needs the package index, which pip keeps nothing of. */
it.for(['wheel', 'sdist'] as const)(
  'a new virtual environment reads a token with the %s',
  async (kind, test) => {
    const world = await worldWithToken(test);
    const env = { ...withoutAws(process.env), ...toolEnvironment(folder), ...awsEnvironment(world.endpoint) };
    const run = (file: string, ...args: string[]) =>
      processes.run({ file, args, cwd: folder, env }, PYTHON_SECONDS);
    await run('python3', '-m', 'venv', kind);
    const python = `${folder}/${kind}/bin/python`;
    await run(
      python,
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      `${packed[kind]}[requests,httpx]`,
    );
    const { Parameter } = world.aws.parameters.getParameter({ Name: PARAMETER, WithDecryption: true });
    expect(await run(python, '-c', PROGRAM)).toBe(`${Parameter?.Value} ${version}\n`);
  },
);
