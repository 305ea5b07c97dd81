import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { expiryOf } from '../../client/expiry.ts';
import { createTokenClient, type TokenError } from '../../client/index.ts';
import { LIMITS } from '../../contract/times.ts';
import { jwt } from '../lambda/token-api/tokens.ts';
import { virtualClock } from './virtual-clock.ts';

const SECOND = 1000;
const LIFETIME_SECONDS = 1800;
const NAMES = { environment: 'sandbox', token: 'payments-api' };

type State = 'lives' | 'may-be-dead' | 'dead';

/** As the file explains. */
interface Vector {
  readonly name: string;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly rawPayload?: string | readonly (readonly [text: string, times: number])[];
  readonly token?: string;
  readonly writtenAt: number;
  readonly configuredSeconds: number;
  readonly at: readonly { readonly now: number; readonly state: State }[];
}

const FILE = new URL('../vectors/lifetimes.json', import.meta.url);
const { clients: vectors }: { clients: readonly Vector[] } = JSON.parse(readFileSync(FILE, 'utf8'));

function tokenOf({ claims, rawPayload = [], token }: Vector): string {
  if (token !== undefined) return token;
  if (claims !== undefined) return jwt(claims);
  const pieces = typeof rawPayload === 'string' ? [[rawPayload, 1] as const] : rawPayload;
  const text = pieces.map(([piece, times]) => piece.repeat(times)).join('');
  return `e30.${Buffer.from(text).toString('base64url')}.signature`;
}

describe.each(vectors)('$name', (vector) => {
  const value = tokenOf(vector);
  const { configuredSeconds: lifetimeSeconds, at } = vector;
  const writtenAt = vector.writtenAt * SECOND;

  it('lives, may have expired and has expired when the rule says so', () => {
    const { mayExpireAt, expiresAt } = expiryOf(value, { writtenAt, lifetimeSeconds });
    const stateAt = (now: number): State =>
      now < mayExpireAt ? 'lives' : now < expiresAt ? 'may-be-dead' : 'dead';
    expect(at.map(({ now }) => ({ now, state: stateAt(now * SECOND) }))).toEqual(at);
  });

  it('the client refuses it when it is dead, and only then', async () => {
    for (const { now, state } of at) {
      const clock = { ...virtualClock(), now: () => now * SECOND };
      const Parameter = { Value: value, Version: 1, LastModifiedDate: new Date(writtenAt) };
      const ssm = { send: async () => ({ Parameter }) };
      const client = createTokenClient({ ...NAMES, lifetimeSeconds, clock, ssm });
      const outcome = await client.getToken().catch(({ code }: TokenError) => code);
      expect(outcome, `at ${now}`).toBe(state === 'dead' ? 'TokenExpired' : value);
    }
  });
});

it.each([
  { what: 'with iat', withIat: true },
  { what: 'without iat', withIat: false },
])('no token is refused while it lives, whatever its issuer’s clock: $what', ({ withIat }) => {
  const issuedAt = Date.parse('2026-11-21T09:00:00Z') / SECOND;
  for (let minutes = -60; minutes <= 60; minutes++) {
    for (let delay = 0; delay <= LIMITS.storedWithinSeconds; delay++) {
      const iat = issuedAt + minutes * 60;
      const exp = iat + LIFETIME_SECONDS;
      const writtenAt = (issuedAt + delay) * SECOND;
      const token = jwt(withIat ? { iat, exp } : { exp });
      const { mayExpireAt, expiresAt } = expiryOf(token, { writtenAt, lifetimeSeconds: LIFETIME_SECONDS });
      expect(expiresAt).toBeGreaterThanOrEqual((issuedAt + LIFETIME_SECONDS) * SECOND);
      expect(mayExpireAt).toBeLessThan(expiresAt);
    }
  }
});
