import { createHmac, randomBytes } from 'node:crypto';
import { DEFAULT_TIMES, SECOND } from '../../contract/times.ts';

export interface TokenApiSettings {
  /** Passwords by user name. */
  readonly users: Readonly<Record<string, string>>;
  /** Default: 1800. */
  readonly accessTokenLifetimeSeconds?: number;
  /** Default: 604,800, which is 7 days. */
  readonly refreshTokenLifetimeSeconds?: number;
  /** Default: `opaque`. */
  readonly tokenFormat?: 'opaque' | 'jwt';
  /** Whether a refresh spends the refresh token and answers a new one, or lets it go on. Default: true. */
  readonly rotates?: boolean;
  /** Whether a spent refresh token, presented again, revokes all that came of the same login. Default: true. */
  readonly reuseDetection?: boolean;
  /** Refused logins in a row that lock a user out, and for how long. Default: never. */
  readonly lockout?: { readonly afterRefusals: number; readonly seconds: number };
  /** Milliseconds since the epoch. Default: the system's clock. */
  readonly now?: () => number;
  /** Makes the secret part of tokens. Default: random. */
  readonly randomHex?: () => string;
}

export interface IssuedTokens {
  readonly token: string;
  readonly refreshToken: string;
}

/** What came of one login. */
interface Family {
  readonly username: string;
  revoked: boolean;
}

interface Issued {
  readonly family: Family;
  readonly expiresAt: number;
}

/** What a token API did, counted. */
export interface TokenApiCounters {
  logins: number;
  refusedLogins: number;
  refreshes: number;
  refusedRefreshes: number;
  /** Times that a spent refresh token was presented. */
  reuses: number;
}

/**
 * A third party's token API, as a model without a network: users log in, refresh tokens rotate and are good for one
 * use, and access tokens live for a while.
 */
export class TokenApiModel {
  readonly counters: TokenApiCounters = {
    logins: 0,
    refusedLogins: 0,
    refreshes: 0,
    refusedRefreshes: 0,
    reuses: 0,
  };
  readonly #settings: TokenApiSettings;
  readonly #passwords: Map<string, string>;
  readonly #now: () => number;
  readonly #accessTokens = new Map<string, Issued>();
  readonly #refreshTokens = new Map<string, Issued & { spent: boolean }>();
  readonly #refusalsInARow = new Map<string, number>();
  readonly #lockedUntil = new Map<string, number>();
  #serial = 0;

  constructor(settings: TokenApiSettings) {
    this.#settings = settings;
    this.#passwords = new Map(Object.entries(settings.users));
    this.#now = settings.now ?? Date.now;
  }

  /** Tokens, or undefined if the credentials are refused or the user is locked out. */
  login(username: unknown, password: unknown): IssuedTokens | undefined {
    const accepted =
      typeof username === 'string' &&
      !this.isLockedOut(username) &&
      this.#passwords.has(username) &&
      this.#passwords.get(username) === password;
    if (!accepted) {
      this.counters.refusedLogins++;
      if (typeof username === 'string') this.#countRefusal(username);
      return undefined;
    }
    this.counters.logins++;
    this.#refusalsInARow.delete(username);
    return this.#issue({ username, revoked: false });
  }

  /** New tokens for a refresh token, which is spent by it; undefined if it is refused. */
  refresh(refreshToken: unknown): IssuedTokens | undefined {
    const issued = typeof refreshToken === 'string' ? this.#refreshTokens.get(refreshToken) : undefined;
    if (issued?.spent) {
      this.counters.reuses++;
      if (this.#settings.reuseDetection !== false) issued.family.revoked = true;
    }
    if (issued === undefined || issued.spent || !this.#isLive(issued)) {
      this.counters.refusedRefreshes++;
      return undefined;
    }
    this.counters.refreshes++;
    if (this.#settings.rotates === false && typeof refreshToken === 'string') {
      return { token: this.#issueAccessToken(issued.family), refreshToken };
    }
    issued.spent = true;
    return this.#issue(issued.family);
  }

  /** Whether a protected resource would take this access token now. */
  accepts(accessToken: string): boolean {
    const issued = this.#accessTokens.get(accessToken);
    return issued !== undefined && this.#isLive(issued);
  }

  isLockedOut(username: string): boolean {
    return (this.#lockedUntil.get(username) ?? 0) > this.#now();
  }

  /** Ends every session: access tokens and refresh tokens. */
  revokeAll(): void {
    for (const { family } of [...this.#accessTokens.values(), ...this.#refreshTokens.values()])
      family.revoked = true;
  }

  /** Ends every access token; refresh tokens go on. */
  revokeAccessTokens(): void {
    this.#accessTokens.clear();
  }

  setPassword(username: string, password: string): void {
    this.#passwords.set(username, password);
  }

  #isLive({ family, expiresAt }: Issued): boolean {
    return !family.revoked && expiresAt > this.#now();
  }

  #issue(family: Family): IssuedTokens {
    const { refreshTokenLifetimeSeconds = DEFAULT_TIMES.refreshTokenLifetimeSeconds } = this.#settings;
    const token = this.#issueAccessToken(family);
    const refreshToken = this.#secret('rt');
    const expiresAt = this.#now() + refreshTokenLifetimeSeconds * SECOND;
    this.#refreshTokens.set(refreshToken, { family, expiresAt, spent: false });
    return { token, refreshToken };
  }

  #issueAccessToken(family: Family): string {
    const { accessTokenLifetimeSeconds = DEFAULT_TIMES.accessTokenLifetimeSeconds } = this.#settings;
    const now = this.#now();
    this.#forgetExpired(now);
    const token = this.#newToken(now, accessTokenLifetimeSeconds);
    this.#accessTokens.set(token, { family, expiresAt: now + accessTokenLifetimeSeconds * SECOND });
    return token;
  }

  /** Maps keep insertion order and lifetimes are equal, so the expired ones stand in front. */
  #forgetExpired(now: number): void {
    for (const tokens of [this.#accessTokens, this.#refreshTokens]) {
      for (const [token, { expiresAt }] of tokens) {
        if (expiresAt > now) break;
        tokens.delete(token);
      }
    }
  }

  #newToken(now: number, lifetimeSeconds: number): string {
    if (this.#settings.tokenFormat !== 'jwt') return this.#secret('at');
    const iat = Math.floor(now / SECOND);
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ jti: this.#secret('at'), iat, exp: iat + lifetimeSeconds })}`;
    return `${signed}.${createHmac('sha256', 'sandbox').update(signed).digest('base64url')}`;
  }

  #secret(prefix: string): string {
    const random = this.#settings.randomHex?.() ?? randomBytes(24).toString('hex');
    return `${prefix}-${++this.#serial}-${random}`;
  }

  #countRefusal(username: string): void {
    const { lockout } = this.#settings;
    const refusals = (this.#refusalsInARow.get(username) ?? 0) + 1;
    this.#refusalsInARow.set(username, refusals);
    if (lockout === undefined || refusals < lockout.afterRefusals) return;
    this.#refusalsInARow.delete(username);
    this.#lockedUntil.set(username, this.#now() + lockout.seconds * SECOND);
  }
}
