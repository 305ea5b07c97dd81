import { isReference, isText, type Reference, type Template, type Value } from '../../contract/token-api.ts';

/** Resolves a reference. Throws RefreshError if there is no value, or if it does not fit its place. */
export type Insert = (reference: Reference) => string;

/** @param encode encodes inserted values for their place. Literal text is not encoded. */
export function fill(value: Value, insert: Insert, encode = (inserted: string) => inserted): string {
  if (typeof value === 'string') return value;
  if (isReference(value)) return encode(insert(value));
  return value.text.map((part) => fill(part, insert, encode)).join('');
}

export const fillAll = (
  values: Readonly<Record<string, Value>> | undefined,
  insert: Insert,
): Record<string, string> =>
  Object.fromEntries(Object.entries(values ?? {}).map(([name, value]) => [name, fill(value, insert)]));

/** The same for JSON. */
export function fillTemplate(template: Template, insert: Insert): unknown {
  if (isReference(template) || isText(template)) return fill(template, insert);
  if (typeof template !== 'object' || template === null) return template;
  if (Array.isArray(template)) return template.map((part) => fillTemplate(part, insert));
  const members = Object.entries(template as Readonly<Record<string, Template>>);
  return Object.fromEntries(members.map(([name, part]) => [name, fillTemplate(part, insert)]));
}
