import { describe, expect, it } from 'vitest';
import { valueAt } from '../../../lambda/token-api/json.ts';

describe('what stands at a pointer', () => {
  /** RFC 6901, section 5. */
  const document = {
    foo: ['bar', 'baz'],
    '': 0,
    'a/b': 1,
    'c%d': 2,
    'e^f': 3,
    'g|h': 4,
    'i\\j': 5,
    'k"l': 6,
    ' ': 7,
    'm~n': 8,
  };

  it.each([
    ['', document],
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/e^f', 3],
    ['/g|h', 4],
    ['/i\\j', 5],
    ['/k"l', 6],
    ['/ ', 7],
    ['/m~0n', 8],
  ])('is found as RFC 6901 shows: %j', (pointer, value) => {
    expect(valueAt(document, pointer)).toEqual(value);
  });

  it('has its tilde and slash decoded in that order', () => {
    expect(valueAt({ '~1': 'tilde', '/': 'slash' }, '/~01')).toBe('tilde');
  });

  it.each(['/foo/2', '/foo/00', '/foo/-', '/foo/-1', '/foo/length', '/foo/0/0', '/nothing/at/all'])(
    'is nothing: %s',
    (pointer) => {
      expect(valueAt(document, pointer)).toBeUndefined();
    },
  );

  it.each(['/constructor', '/__proto__', '/toString', '/foo/map', '/constructor/name'])(
    'is never a member of a prototype: %s',
    (pointer) => {
      expect(valueAt(document, pointer)).toBeUndefined();
    },
  );

  it('may have the name of one', () => {
    expect(valueAt(JSON.parse('{"__proto__":{"constructor":"own"}}'), '/__proto__/constructor')).toBe('own');
  });

  it.each([['text'], [null], [7], [undefined]])('is nothing in %j', (json) => {
    expect(valueAt(json, '/0')).toBeUndefined();
    expect(valueAt(json, '/length')).toBeUndefined();
  });
});
