import type { TokenSettings } from '../../../contract/function-settings.ts';
import { MINUTE, SECOND } from '../../../contract/times.ts';
import { defaultTokenApi } from '../../../contract/token-api.ts';
import type { RefreshRequest } from '../../../lambda/refresh/request.ts';
import {
  EMPTY_SESSION,
  type FailedLogins,
  type Granted,
  type Session,
} from '../../../lambda/refresh/session.ts';
import type { State } from '../../../lambda/refresh/state.ts';

export const NOW = Date.parse('2026-11-21T09:00:00Z');
export const INTERVAL = 25 * MINUTE;

export const settings: TokenSettings = {
  api: defaultTokenApi('https://api.example.com'),
  credentialsSecretId: 'token-refresher/sandbox/payments-api/credentials',
  intervalSeconds: INTERVAL / SECOND,
  accessTokenLifetimeSeconds: 1800,
  refreshTokenLifetimeSeconds: 604800,
};

export const request = (fields: Partial<RefreshRequest> = {}): RefreshRequest => ({
  token: 'payments-api',
  requestedBy: 'consumer',
  retryRefused: false,
  sentAt: NOW,
  messageSentAt: fields.sentAt ?? NOW,
  attempt: 1,
  ...fields,
});

/** Of the login request that the settings describe. */
export const LOGIN_REQUEST = 'login';

/** Credentials v1 whose login failed once, just now. */
export const failedLogins = (fields: Partial<FailedLogins> = {}): FailedLogins => ({
  versionId: 'v1',
  request: LOGIN_REQUEST,
  code: 'CredentialsRefused',
  at: NOW,
  since: NOW,
  times: 1,
  refusals: 1,
  shown: [NOW],
  ...fields,
});

export const session = (granted: Partial<Granted> = {}, fields: Partial<Session> = {}): Session => ({
  ...EMPTY_SESSION,
  granted: {
    accessTokenHash: 'h',
    how: 'login',
    obtainedAt: NOW - 10 * MINUTE,
    expiresAt: NOW + 20 * MINUTE,
    credentialsVersion: 'v1',
    ...granted,
  },
  ...fields,
});

export const state = (fields: Partial<State> = {}): State => ({
  session: session(),
  accessToken: { value: 't', version: 7, writtenAt: NOW - 10 * MINUTE },
  whole: true,
  credentials: { versionId: 'v1' },
  ...fields,
});
