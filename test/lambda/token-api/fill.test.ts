import { describe, expect, it } from 'vitest';
import type { Reference } from '../../../contract/token-api.ts';
import { fill, fillAll, fillTemplate } from '../../../lambda/token-api/fill.ts';

/** Names what it inserts. */
const insert = (reference: Reference): string =>
  'secret' in reference ? `<${reference.secret}>` : `[${reference.value}]`;

describe('what is inserted', () => {
  it.each([
    ['text as it stands', 'secret', 'secret'],
    ['a field of the secret', { secret: 'password' }, '<password>'],
    ['a value of the session', { value: 'refreshToken' } as const, '[refreshToken]'],
    [
      'both, one after the other',
      { text: ['Bearer ', { value: 'accessToken' } as const, '!', { secret: 'key' }] },
      'Bearer [accessToken]!<key>',
    ],
    ['no part at all', { text: [] }, ''],
  ])('is %s', (_, value, expected) => {
    expect(fill(value, insert)).toBe(expected);
  });

  it('is made fit, and text is not', () => {
    const shout = (text: string) => text.toUpperCase();
    expect(fill({ text: ['text ', { secret: 'field' }] }, insert, shout)).toBe('text <FIELD>');
    expect(fill('text', insert, shout)).toBe('text');
  });

  it('stands under every name', () => {
    expect(fillAll({ a: 'text', b: { secret: 'field' } }, insert)).toEqual({ a: 'text', b: '<field>' });
    expect(fillAll(undefined, insert)).toEqual({});
  });
});

describe('JSON with values in it', () => {
  it.each([
    ['scalars stay what they are', [1, true, null, 'text'], [1, true, null, 'text']],
    [
      'values stand at any depth',
      { user: { name: { secret: 'username' }, groups: [{ secret: 'group' }] } },
      { user: { name: '<username>', groups: ['<group>'] } },
    ],
    ['text of several parts', { key: { text: ['v1:', { secret: 'key' }] } }, { key: 'v1:<key>' }],
    ['the whole may be one value', { secret: 'all' }, '<all>'],
    [
      'a member named as references are is none beside others',
      { secret: 'text', more: 1 },
      { secret: 'text', more: 1 },
    ],
    ['nor where its shape is another', { secret: { secret: 'deep' } }, { secret: '<deep>' }],
    ['nor text that is no text', { text: [1, { body: 'a' }] }, { text: [1, { body: 'a' }] }],
    ['an unknown value', { value: 'password' }, { value: 'password' }],
  ])('%s', (_, template, expected) => {
    expect(fillTemplate(template, insert)).toEqual(expected);
  });

  it('keeps a member by the name of __proto__', () => {
    const template = JSON.parse('{"__proto__":{"secret":"field"},"other":1}');
    expect(JSON.stringify(fillTemplate(template, insert))).toBe('{"__proto__":"<field>","other":1}');
  });
});
