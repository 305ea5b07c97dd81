import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { leaksIn } from '../security/leaks.ts';
import { endLocalRuns, startLocalRun } from './local-run.ts';
import { secretsOfRun } from './secrets-of-run.ts';

const SIGHTS = [
  /✔ deploy by the CDK CLI: TokenRefresher-local/,
  /✔ first token by login: version \d+/,
  /✔ scheduled renewal by refresh token: version \d+/,
  /✔ protected resource called with the token from SSM: version \d+, HTTP 200/,
];

/** What the sandbox's tokens and passwords look like. */
const SECRET = /[0-9a-f]{20}|[0-9a-f]{8}-[0-9a-f]{4}-/;

const SECONDS = 1000;

afterAll(endLocalRuns);

describe('npm run local -- --once', () => {
  it.concurrent.each([1, 2])('shows the four sights and leaves nothing, twice at once (%i)', async () => {
    const run = await startLocalRun(['--once']);
    expect(await run.exitCode, run.output()).toBe(0);
    for (const sight of SIGHTS) expect(run.output()).toMatch(sight);
    expect(run.output()).toMatch(/schedule +fires at once on AWS.*: one request was sent/);
    expect(run.output()).not.toMatch(SECRET);
    expect(await run.leftovers()).toEqual([]);
  });

  it.concurrent('goes on in the embedded form without Python, and says what it does not show', async () => {
    const run = await startLocalRun(['--once'], { PATH: '/nowhere' });
    expect(await run.exitCode, run.output()).toBe(0);
    expect(run.output()).toMatch(/python3 was not found: going on in the embedded form/);
    expect(run.output()).toMatch(/– deploy by the CDK CLI: not shown/);
    for (const sight of SIGHTS.slice(1)) expect(run.output()).toMatch(sight);
    expect(run.output(), 'the schedule fires as soon as it exists').toMatch(/consumer gets\n.* schedule\b/);
    expect(run.output()).not.toMatch(SECRET);
    expect(await run.leftovers()).toEqual([]);
  });

  it.concurrent('uses an emulator that already runs, and rids it of the stack again', async () => {
    const endpoint = process.env.MINISTACK_ENDPOINT ?? '';
    const run = await startLocalRun(['--once', '--endpoint', endpoint]);
    const secrets = await secretsOfRun(endpoint, run.exitCode);
    expect(await run.exitCode, run.output()).toBe(0);
    for (const sight of SIGHTS) expect(run.output()).toMatch(sight);
    expect(run.output()).toMatch(/deleted +TokenRefresher-local/);
    // A password, and access and refresh tokens by login and by refresh.
    expect(secrets.length).toBeGreaterThanOrEqual(5);
    expect(leaksIn(run.output(), secrets)).toEqual([]);
    expect(await run.leftovers()).toEqual([endpoint]);
  });
});

describe('an interrupted run', () => {
  it.each([
    { signal: 'SIGINT', after: 'token API', exitCode: 130 },
    { signal: 'SIGINT', after: 'local AWS', exitCode: 130 },
    { signal: 'SIGTERM', after: 'cdk bootstrap   done', exitCode: 143 },
    { signal: 'SIGINT', after: 'consumer gets', exitCode: 130 },
  ] as const)('leaves nothing after $signal at "$after"', async ({ signal, after, exitCode }) => {
    const run = await startLocalRun(['--once']);
    await run.saw(after);
    const interruptedAt = Date.now();
    run.child.kill(signal);
    expect(await run.exitCode, run.output()).toBe(exitCode);
    expect(Date.now() - interruptedAt).toBeLessThan(10 * SECONDS);
    expect(await run.leftovers()).toEqual([]);
  });

  it('has come to its natural end when it was to run until Ctrl-C', async () => {
    const run = await startLocalRun(['--embedded']);
    await run.saw('HTTP 200');
    run.child.kill('SIGINT');
    expect(await run.exitCode, run.output()).toBe(0);
    expect(await run.leftovers()).toEqual([]);
  });
});

describe('an endpoint', () => {
  it('must be an emulator: the account decides', async () => {
    const run = await startLocalRun(['--once', '--endpoint', await startAnswering('123456789012')]);
    expect(await run.exitCode).toBe(1);
    expect(run.output()).toMatch(
      /is account 123456789012: only an emulator with account 000000000000 is accepted/,
    );
    expect(run.output()).not.toMatch(/cdk/);
  });
});

/** An STS that says whose account it is. */
async function startAnswering(account: string): Promise<string> {
  const server = createServer((_request, response) => {
    response.end(`<GetCallerIdentityResponse><Account>${account}</Account></GetCallerIdentityResponse>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
