import { accessTokenParameter } from '../contract/names.ts';
import type { Attempt } from './attempts.ts';
import type { RaisedAlarm } from './aws/alarms.ts';
import type { Parameter } from './aws/parameters.ts';
import type { Deployed } from './deployed.ts';

/** All that is known of a token without decrypting anything. Times in milliseconds since the epoch. */
export interface TokenStatus {
  readonly token: string;
  /** Absent: there was never one. */
  readonly stored?: {
    readonly version: number;
    readonly changedAt: number;
    /** Absent: the parameter's description does not say. */
    readonly expiresAt?: number;
    readonly how?: string;
  };
  readonly credentialsSince?: number;
  readonly lastAttempt?: Attempt;
  readonly lastFailure?: Attempt;
  /** Kinds of its alarms that are up, such as `refresh-failing`. */
  readonly alarms: readonly string[];
}

export interface EnvironmentStatus {
  readonly deployed: Deployed;
  readonly tokens: readonly TokenStatus[];
  /** Kinds of the environment's own alarms that are up. */
  readonly alarms: readonly string[];
  /** False: the log did not answer in time, and what it knows is missing. */
  readonly hasLog: boolean;
}

export interface Findings {
  readonly parameters: readonly Parameter[];
  readonly raised: readonly RaisedAlarm[];
  /** Newest first. */
  readonly attempts: readonly Attempt[] | undefined;
}

export function statusOf(deployed: Deployed, { parameters, raised, attempts }: Findings): EnvironmentStatus {
  const { environment } = deployed;
  const prefix = `token-refresher-${environment}-`;
  const kinds = raised.map(({ name }) => name.slice(prefix.length));
  // The longest first: a token's name may begin with another's.
  const names = deployed.tokens.map(({ token }) => token).toSorted((one, other) => other.length - one.length);
  const ownerOf = (kind: string) => names.find((name) => kind.startsWith(`${name}-`));
  const tokens = deployed.tokens.map(({ token }): TokenStatus => {
    const ofToken = attempts?.filter((attempt) => attempt.token === token) ?? [];
    const stored = parameters.find(({ name }) => name === accessTokenParameter(environment, token));
    const since = ofToken.find(({ credentialsSince }) => credentialsSince !== undefined)?.credentialsSince;
    const [lastAttempt] = ofToken;
    const lastFailure = ofToken.find(
      ({ outcome, credentials }) => outcome === 'failed' || credentials === 'refused',
    );
    return {
      token,
      ...(stored && { stored: readParameter(stored) }),
      ...(since !== undefined && { credentialsSince: Date.parse(since) }),
      ...(lastAttempt && { lastAttempt }),
      ...(lastFailure && { lastFailure }),
      alarms: kinds.filter((kind) => ownerOf(kind) === token).map((kind) => kind.slice(token.length + 1)),
    };
  });
  const alarms = kinds.filter((kind) => ownerOf(kind) === undefined);
  return { deployed, tokens, alarms, hasLog: attempts !== undefined };
}

/** The function describes what it writes: `how=refresh expires=2026-11-21T09:30:00Z`. */
function readParameter({ version, changedAt, description }: Parameter): NonNullable<TokenStatus['stored']> {
  const [, how, expires = ''] = /^how=(\S+) expires=(\S+)$/.exec(description) ?? [];
  const expiresAt = Date.parse(expires);
  return {
    version,
    changedAt,
    ...(how !== undefined && { how }),
    ...(!Number.isNaN(expiresAt) && { expiresAt }),
  };
}

export const isValid = ({ stored }: TokenStatus, now: number): boolean =>
  stored !== undefined && (stored.expiresAt ?? Number.POSITIVE_INFINITY) > now;

/** Every token can be used, and no alarm is up. */
export const isHealthy = ({ tokens, alarms }: EnvironmentStatus, now: number): boolean =>
  alarms.length === 0 && tokens.every((token) => token.alarms.length === 0 && isValid(token, now));
