import type { Pointer } from '../../contract/token-api.ts';

export type Fields = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a JSON text holds; undefined if it is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What stands in JSON at a pointer (RFC 6901); undefined: nothing. */
export function valueAt(json: unknown, pointer: Pointer): unknown {
  const members = pointer.split('/').slice(1);
  return members
    .map((member) => member.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((at, member) => {
      // Own members and elements; not the length of a list.
      const isThere = typeof at === 'object' && Object.prototype.propertyIsEnumerable.call(at ?? {}, member);
      return isThere ? (at as Fields)[member] : undefined;
    }, json);
}
