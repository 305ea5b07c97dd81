import type { Pointer } from '../../contract/token-api.ts';

export type Fields = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Parses JSON; undefined if the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The value at a JSON Pointer (RFC 6901); undefined if there is none. */
export function valueAt(json: unknown, pointer: Pointer): unknown {
  const members = pointer.split('/').slice(1);
  return members
    .map((member) => member.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((at, member) => {
      // Only own members and elements, not for example the length of an array.
      const isThere = typeof at === 'object' && Object.prototype.propertyIsEnumerable.call(at ?? {}, member);
      return isThere ? (at as Fields)[member] : undefined;
    }, json);
}
