import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../contract/times.ts';
import type { Session } from '../../lambda/refresh/session.ts';
import { ASSERTING, SHAPES } from './shapes.ts';
import { openStageForTest, PASSWORD, SESSION } from './stage.ts';
import { told } from './told.ts';

const shapes = { ...SHAPES, 'that is shown signed assertions': ASSERTING };

describe.each(Object.entries(shapes))('a token API %s', (_, shape) => {
  it('is logged in to, and refreshed by what it granted, for the lifetime that it states', async () => {
    const stage = await openStageForTest({ shape, tokenApi: { expiresIn: 900 } });
    stage.storeCredentials(shape.credentials(PASSWORD));
    const login = await stage.attempt();
    expect(login.line, told(login)).toMatchObject({ outcome: 'refreshed', how: 'login' });
    const { granted }: Session = JSON.parse(stage.read(SESSION) ?? '');
    const { obtainedAt = 0, expiresAt } = granted ?? {};
    expect(expiresAt).toBe(obtainedAt + 15 * MINUTE);
    stage.makeOlder();
    const refresh = await stage.attempt();
    expect(refresh.line, told(refresh)).toMatchObject({ outcome: 'refreshed', how: 'refresh' });
    expect(stage.api.model.accepts(stage.accessToken() ?? '')).toBe(true);
    expect(stage.api.model.counters).toMatchObject({ logins: 1, refreshes: 1, reuses: 0 });
  });

  it('refuses wrong credentials', async () => {
    const stage = await openStageForTest({ shape });
    stage.storeCredentials(shape.credentials('wrong'));
    const attempt = await stage.attempt();
    // A wrong passphrase opens no key, so that there is nothing to show.
    const code = shape === ASSERTING ? 'CredentialsMalformed' : 'CredentialsRefused';
    expect(attempt.line, told(attempt)).toMatchObject({ outcome: 'failed', code });
  });
});
