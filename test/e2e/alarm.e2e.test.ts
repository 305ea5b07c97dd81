import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTokenApi, type TokenApi } from '../../fakes/token-api/token-api-server.ts';
import { alarmName } from '../../lib/monitoring/alarm-names.ts';
import { ENVIRONMENT, TOKEN } from '../../local/local-environment.ts';
import { createProcesses } from '../../local/processes.ts';
import { storeCredentials } from '../../local/store-credentials.ts';
import { leaksIn, markedSecret } from '../security/leaks.ts';
import { type AlarmStage, type Notification, openAlarmStage } from './alarm-stage.ts';

const SECOND = 1000;
const POLL = 500;

/** The next scheduled refresh comes within 70 s, and fails for about a minute before it counts. */
const ALARM_WITHIN_SECONDS = 160;
const OK_WITHIN_SECONDS = 60;

const endpoint = process.env.MINISTACK_ENDPOINT ?? '';
const user = { username: 'demo', password: markedSecret() };
const secrets = [user.password];
const processes = createProcesses(new AbortController().signal);
let folder: string;
let api: TokenApi;
let stage: AlarmStage;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'token-refresher-e2e-'));
  const randomHex = () => {
    const secret = markedSecret();
    secrets.push(secret);
    return secret;
  };
  const users = { [user.username]: user.password };
  api = await startTokenApi({ users, randomHex, accessTokenLifetimeSeconds: 240 });
  stage = await openAlarmStage(endpoint, { processes, folder, tokenApiUrl: api.baseUrl });
});

afterAll(async () => {
  await stage?.close();
  await api?.close();
  await processes.end();
  await rm(folder, { recursive: true, force: true });
});

/** Bridges metrics all the while. */
async function notified(state: string, withinSeconds: number): Promise<Notification> {
  const alarm = alarmName(ENVIRONMENT, 'refresh-failing', TOKEN);
  const deadline = Date.now() + withinSeconds * SECOND;
  const seen: string[] = [];
  while (Date.now() < deadline) {
    seen.push(...(await stage.bridgeMetrics()));
    const found = (await stage.notifications()).find((one) => one.alarm === alarm && one.state === state);
    if (found !== undefined) return found;
    await sleep(POLL);
  }
  throw new Error(`no ${state} within ${withinSeconds} s; metrics: ${seen.join(', ')}`);
}

it('an outage of the token API reaches a subscriber as ALARM, its end as OK', async () => {
  await storeCredentials(endpoint, user);
  // The first success is the first that a new alarm hears.
  await notified('OK', OK_WITHIN_SECONDS);

  const down = { kind: 'answer', status: 503 } as const;
  api.faults.add('refresh', down);
  api.faults.add('login', down);
  const { description } = await notified('ALARM', ALARM_WITHIN_SECONDS);
  expect(description).toContain('docs/runbook.md#refresh-failing');

  api.faults.clear();
  await notified('OK', OK_WITHIN_SECONDS);
});

it('nothing secret has left the stack all the while', async () => {
  expect(secrets.length).toBeGreaterThan(3);
  const emitted = await stage.emitted();
  for (const [exit, text] of Object.entries(emitted)) {
    expect(text, exit).not.toBe('');
    expect(leaksIn(text, secrets), exit).toEqual([]);
  }
});
