import { expect, it } from 'vitest';
import { jwtClaims } from '../../contract/jwt.ts';
import { jwt } from '../lambda/token-api/tokens.ts';

const none = { exp: undefined, iat: undefined };
const payload = (text: string) => `a.${Buffer.from(text).toString('base64url')}.c`;
const good = '"iat":100,"exp":1900';

it.each([
  ['both claims', jwt({ iat: 100, exp: 1900 }), { iat: 100, exp: 1900 }],
  ['no iat', jwt({ exp: 1900 }), { ...none, exp: 1900 }],
  ['no exp', jwt({ iat: 100 }), { ...none, iat: 100 }],
  ['claims that are strings', jwt({ iat: '100', exp: '1.9e3' }), { iat: 100, exp: 1900 }],
  ['claims that are no numbers', jwt({ iat: true, exp: [1900] }), none],
  ['claims in strings that JSON would not have', jwt({ iat: '0x64', exp: ' 1900' }), none],
  ['claims that are negative', jwt({ iat: -1, exp: '-1900' }), none],
  ['claims that are infinite', payload('{"iat":1e999,"exp":"1e999"}'), none],
  ['padding', `a.${Buffer.from(`{${good}}`).toString('base64')}.c`, { iat: 100, exp: 1900 }],
  ['an opaque token', 'abcdef', none],
  ['a token with dots that is no JWT', 'a.b.c', none],
  ['a payload that is JSON null', payload('null'), none],
  ['a payload nested 100,000 deep', payload('['.repeat(100_000)), none],
  ['a payload that no parameter could hold', payload(`{${good},"x":"${'x'.repeat(8192)}"}`), none],
])('the claims of a JWT with %s', (_, token, claims) => {
  expect(jwtClaims(token)).toEqual(claims);
});
