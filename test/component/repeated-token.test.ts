import { describe, expect, it } from 'vitest';
import { METRICS } from '../../contract/metrics.ts';
import { SECOND } from '../../contract/times.ts';
import { hash, type Session } from '../../lambda/refresh/session.ts';
import { jwt } from '../lambda/token-api/tokens.ts';
import { ACCESS_TOKEN, type Attempt, openStageForTest, SESSION, type Stage } from './stage.ts';

/* A token API that hands out the same access token again, as those do that keep it until its end. */

const now = (): number => Math.floor(Date.now() / SECOND);
const metric = ({ metrics }: Attempt, name: string): number | undefined =>
  metrics.flatMap((group) => group.metrics).find((measured) => measured.name === name)?.value;

/** The stored token is ten minutes old, and both endpoints hand it out again. */
async function openRepeating(token: string, stated: object = {}): Promise<Stage> {
  const stage = await openStageForTest();
  stage.startWithToken();
  const session: Session = JSON.parse(stage.read(SESSION) ?? '');
  const granted = session.granted && { ...session.granted, accessTokenHash: hash(token) };
  const put = (Name: string, Value: string) =>
    stage.aws.parameters.putParameter({ Name, Value, Type: 'SecureString', Overwrite: true });
  put(SESSION, JSON.stringify({ ...session, granted }));
  put(ACCESS_TOKEN, token);
  for (const endpoint of ['login', 'refresh'] as const) {
    stage.api.faults.add(endpoint, {
      kind: 'change',
      change: ({ status, body }) => ({ status, body: { data: { ...Object(body).data, token, ...stated } } }),
    });
  }
  return stage;
}

describe('an access token that comes again', () => {
  it('is enough for a tick, and a success, but is not written: a JWT states its own life', async () => {
    const stage = await openRepeating(jwt({ iat: now() - 600, exp: now() + 3600 }));
    const attempt = await stage.attempt({ requestedBy: 'schedule' });
    expect(attempt.line).toMatchObject({ outcome: 'refreshed', parameterVersion: 2 });
    expect(metric(attempt, METRICS.perToken.refreshed)).toBe(1);
    expect((await stage.attempt()).line).toMatchObject({ outcome: 'put-off' });
  });

  it('is written again if it is opaque, since consumers count its life from the writing', async () => {
    const stage = await openRepeating('opaque-token', { expiresIn: 3600 });
    expect((await stage.attempt()).line).toMatchObject({ outcome: 'refreshed', parameterVersion: 3 });
  });

  it('is no use to a consumer that met a 401 with it', async () => {
    const stage = await openRepeating(jwt({ iat: now() - 600, exp: now() + 3600 }));
    const attempt = await stage.attempt({ requestedBy: 'consumer', rejectedVersion: 2 });
    expect(attempt.line).toMatchObject({ outcome: 'failed', code: 'TokenRepeated' });
    expect(metric(attempt, METRICS.perToken.refreshed)).toBeUndefined();
    expect(attempt.retryInSeconds).toBeLessThanOrEqual(20);
    expect(stage.api.model.counters).toMatchObject({ refreshes: 1, logins: 2 });
  });

  it('… nor asked for again within 20 s, however often consumers report it', async () => {
    const stage = await openRepeating(jwt({ iat: now() - 600, exp: now() + 3600 }));
    for (const attempt of [1, 2, 3]) {
      await stage.attempt({ requestedBy: 'consumer', rejectedVersion: 2 }, { attempt });
      await stage.attempt({ requestedBy: 'consumer', rejectedVersion: 2 });
    }
    expect(stage.api.model.counters).toMatchObject({ refreshes: 1, logins: 2 });
  });

  it('keeps the refresh token that came with it', async () => {
    const stage = await openRepeating(jwt({ iat: now() - 600, exp: now() + 3600 }));
    await stage.attempt({ requestedBy: 'consumer', rejectedVersion: 2 });
    stage.makeOlder();
    await stage.attempt({ requestedBy: 'schedule' });
    expect(stage.api.model.counters).toMatchObject({ reuses: 0 });
  });

  it('and dies before the next tick is asked for again when half of its life is over', async () => {
    const stage = await openRepeating(jwt({ iat: now() - 600, exp: now() + 120 }));
    const attempt = await stage.attempt({ requestedBy: 'schedule' });
    expect(attempt.line).toMatchObject({ outcome: 'refreshed', retryBy: 'wake-up' });
    expect(attempt.retryInSeconds).toBeGreaterThan(55);
    expect(attempt.retryInSeconds).toBeLessThanOrEqual(62);
  });
});

it('after runs of a request that died, and may have shown the password, logins wait longer each time', async () => {
  const stage = await openStageForTest();
  stage.startWithToken({ refreshToken: false });
  stage.api.faults.add('login', { kind: 'answer', status: 503 });
  expect((await stage.attempt({}, { attempt: 4 })).line).toMatchObject({
    outcome: 'failed',
    code: 'RunsDied',
    apiCalls: [],
  });
  expect((await stage.attempt({}, { attempt: 5 })).line).not.toMatchObject({ code: 'RunsDied' });
});
