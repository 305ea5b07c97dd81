import { expect, it } from 'vitest';
import { jwtLifetimeSeconds } from '../../contract/jwt.ts';
import { jwt } from '../lambda/token-api/tokens.ts';

it.each([
  ['both claims', jwt({ iat: 100, exp: 1900 }), 1800],
  ['no iat', jwt({ exp: 1900 }), undefined],
  ['no exp', jwt({ iat: 100 }), undefined],
  ['claims that are strings', jwt({ iat: '100', exp: '1900' }), undefined],
  ['an opaque token', 'abcdef', undefined],
  ['a token with dots that is no JWT', 'a.b.c', undefined],
  ['a payload that is JSON null', `a.${Buffer.from('null').toString('base64url')}.c`, undefined],
])('the lifetime of a JWT with %s', (_, token, lifetime) => {
  expect(jwtLifetimeSeconds(token)).toBe(lifetime);
});
