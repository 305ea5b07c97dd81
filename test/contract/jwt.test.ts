import { expect, it } from 'vitest';
import { jwtClaims } from '../../contract/jwt.ts';
import { jwt } from '../lambda/token-api/tokens.ts';

const none = { exp: undefined, iat: undefined };

it.each([
  ['both claims', jwt({ iat: 100, exp: 1900 }), { iat: 100, exp: 1900 }],
  ['no iat', jwt({ exp: 1900 }), { ...none, exp: 1900 }],
  ['no exp', jwt({ iat: 100 }), { ...none, iat: 100 }],
  ['claims that are strings', jwt({ iat: '100', exp: '1.9e3' }), { iat: 100, exp: 1900 }],
  ['odd claims', jwt({ iat: -1, exp: '1e999' }), none],
  ['claims of other types', jwt({ iat: true, exp: [1900] }), none],
  ['an opaque token', 'abcdef', none],
  ['a token with dots that is no JWT', 'a.b.c', none],
  ['a payload that is JSON null', `a.${Buffer.from('null').toString('base64url')}.c`, none],
  ['a payload that is too long to be stored', jwt({ exp: 1900, more: 'x'.repeat(8192) }), none],
])('the claims of a JWT with %s', (_, token, claims) => {
  expect(jwtClaims(token)).toEqual(claims);
});
