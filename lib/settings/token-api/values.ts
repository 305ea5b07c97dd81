import type { Reference } from '../../../contract/token-api.ts';

/** Tells values from JSON that has the same shape; shared by all copies of this package. */
export const VALUE: unique symbol = Symbol.for('token-refresher.value');

/** Stands for text that is not written here, or is said to be no secret. Made by the functions below, and only by them. */
export interface HiddenValue {
  readonly [VALUE]:
    | Reference
    | { readonly text: readonly (string | Reference)[] }
    | { readonly literal: string };
}

/** Text as it stands, or a {@link HiddenValue}. */
export type Value = string | HiddenValue;

const hidden = (value: HiddenValue[typeof VALUE]): HiddenValue => ({ [VALUE]: value });

/** A field of the credentials secret. */
export const secret = (field: string): HiddenValue => hidden({ secret: field });
/** The refresh token at hand; in the refresh request only. */
export const refreshToken: HiddenValue = hidden({ value: 'refreshToken' });
/** The stored access token, while it lives; in the refresh request only. */
export const accessToken: HiddenValue = hidden({ value: 'accessToken' });
/** A JWT that is signed for this one sending, as `signing` says. */
export const assertion: HiddenValue = hidden({ value: 'assertion' });
/** `SHA256:` and the base64 of the SHA-256 of the signing key's public half in DER; in the claims of the assertion only. */
export const publicKeyFingerprint: HiddenValue = hidden({ value: 'publicKeyFingerprint' });
/** Says that text is no secret, where one would be expected. */
export const literal = (text: string): HiddenValue => hidden({ literal: text });

/** Text with values in it: `` text`Bearer ${accessToken}` ``. */
export function text(parts: TemplateStringsArray, ...values: readonly Value[]): HiddenValue {
  const all = parts.flatMap((part, index) => {
    const value = values[index];
    return value === undefined ? [part] : [part, ...partsOf(value)];
  });
  return hidden({ text: all.filter((part) => part !== '') });
}

function partsOf(value: Value): readonly (string | Reference)[] {
  if (typeof value === 'string') return [value];
  const held = value[VALUE];
  if ('text' in held) return held.text;
  return 'literal' in held ? [held.literal] : [held];
}
