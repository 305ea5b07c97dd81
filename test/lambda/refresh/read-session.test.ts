import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../../contract/times.ts';
import { parseSession, withoutFuture } from '../../../lambda/refresh/read-session.ts';
import { EMPTY_SESSION, type Session } from '../../../lambda/refresh/session.ts';
import { failedLogins, NOW, session } from './fixtures.ts';

const stored = session({ refreshToken: 'r' }, { failedLogins: [failedLogins()], wakeUpAt: NOW });
const parsed = (fields: object): Session => parseSession(JSON.stringify({ ...stored, ...fields }));

describe('a stored session', () => {
  it('is read as it was written', () => {
    expect(parsed({})).toEqual(stored);
  });

  it.each([
    ['absent', undefined],
    ['no JSON', '{'],
    ['JSON null', 'null'],
    ['a list', '[]'],
    ['of an unknown format', JSON.stringify({ ...stored, formatVersion: 2 })],
  ])('that is %s is empty', (_, value) => {
    expect(parseSession(value)).toEqual(EMPTY_SESSION);
  });

  it.each<[string, object]>([
    ['failed logins that are null', { failedLogins: null }],
    ['a failed login that is null', { failedLogins: [null] }],
    ['a failed login with an unknown code', { failedLogins: [failedLogins({ code: 'Other' as never })] }],
    ['a failed login that was shown at a text', { failedLogins: [{ ...failedLogins(), shown: ['now'] }] }],
  ])('with %s keeps its refresh token', (_, fields) => {
    expect(parsed(fields)).toEqual({ ...stored, failedLogins: [] });
  });

  it.each<[string, object]>([
    ['a grant that is null', { granted: null }],
    ['a grant that expires later than a date can be', { granted: { ...stored.granted, expiresAt: 8.65e15 } }],
    ['a grant that expires at a text', { granted: { ...stored.granted, expiresAt: 'soon' } }],
    ['a refresh token that is a number', { granted: { ...stored.granted, refreshToken: 7 } }],
  ])('with %s keeps its failed logins', (_, fields) => {
    const { granted: _granted, ...rest } = stored;
    expect(parsed(fields)).toEqual(rest);
  });

  it.each(['wakeUpAt', 'extraTryAt', 'loginDespiteOutageAt', 'credentialsMissingSince', 'failing'])(
    'leaves out a %s that is none',
    (name) => {
      expect(parsed({ [name]: 'never' })).not.toHaveProperty(name);
    },
  );
});

describe('times that are still to come, which a wrong clock left,', () => {
  it('count as now, and a token lives no longer for it', () => {
    const early = session({ obtainedAt: NOW + HOUR, expiresAt: NOW + HOUR + 30 * MINUTE });
    expect(withoutFuture(early, NOW).granted).toMatchObject({
      obtainedAt: NOW,
      expiresAt: NOW + 30 * MINUTE,
    });
    const failed = failedLogins({ at: NOW + HOUR, since: NOW + HOUR, shown: [NOW - MINUTE, NOW + HOUR] });
    const corrected = withoutFuture(session({}, { failedLogins: [failed], extraTryAt: NOW + HOUR }), NOW);
    expect(corrected.failedLogins).toMatchObject([{ at: NOW, since: NOW, shown: [NOW - MINUTE, NOW] }]);
    expect(corrected.extraTryAt).toBe(NOW);
  });

  it('are all there is to correct: otherwise the session is the same', () => {
    expect(withoutFuture(stored, NOW)).toBe(stored);
  });
});
