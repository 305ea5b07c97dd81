import { describe, expect, it } from 'vitest';
import { verdictOnEnvironment, verdictOnToken } from './verdict.ts';

describe('a setting that does not exist', () => {
  it.each([
    ['intervall', 'interval'],
    ['interva', 'interval'],
    ['INTERVAL', 'interval'],
    ['baseURL', 'baseUrl'],
    ['stalAfetr', 'staleAfter'],
    ['credentialSecretArn', 'credentialsSecretArn'],
  ])('of a token names the nearest one: %s', (key, nearest) => {
    expect(verdictOnToken({ [key]: 1 })).toContain(
      `"${key}": there is no such setting, only baseUrl, api, interval`,
    );
    expect(verdictOnToken({ [key]: 1 })).toContain(` (did you mean ${nearest}?); got a value for it`);
  });

  it('of an environment, or of a setting that is an object, does so too', () => {
    expect(verdictOnEnvironment({ alarmMail: 'x' })).toContain('(did you mean alarmEmail?)');
    expect(verdictOnEnvironment({ network: { subnetIDs: [] } })).toContain('(did you mean subnetIds?)');
  });

  it.each(['vpc', 'schedule', 'x'])('that is like none names none: %s', (key) => {
    expect(verdictOnToken({ [key]: 1 })).not.toContain('did you mean');
  });
});

describe('credentials in the place of a setting', () => {
  const KEYS = [
    ...[
      'username',
      'userName',
      'user',
      'password',
      'passphrase',
      'cert',
      'certificate',
      'key',
      'privateKey',
      'ca',
    ],
    ...[
      'token',
      'accessToken',
      'refresh_token',
      'secret',
      'clientSecret',
      'client-secret',
      'clientId',
      'apiKey',
    ],
  ];

  it.each(KEYS)('are told to belong in the secret, and not shown: %s', (key) => {
    for (const verdict of [
      verdictOnToken({ [key]: 'hunter2' }),
      verdictOnEnvironment({ [key]: 'hunter2' }),
    ]) {
      expect(verdict).toContain(`"${key}": there is no such setting: credentials belong in the secret`);
      expect(verdict).not.toContain('hunter2');
    }
  });
});
