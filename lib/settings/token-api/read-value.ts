import { Token } from 'aws-cdk-lib';
import {
  isReference,
  isText,
  type Reference,
  type Template,
  type Value,
} from '../../../contract/token-api.ts';
import { isObject, type Parser } from '../parser.ts';
import { REFUSED, type Refused, type SettingPath } from '../setting-error.ts';
import { kindOf, show } from '../show.ts';
import { type HiddenValue, VALUE } from './values.ts';

export type NamedParser<Meant> = (value: unknown, path: SettingPath, name: string) => Meant | Refused;

export const named =
  (name: string): Parser<Value> =>
  (written, path) =>
    value(written, path, name);

export const values =
  (parse: NamedParser<Value>): Parser<Record<string, Value>> =>
  (written, path) => {
    if (!isObject(written)) return path.refuse('must be an object', kindOf(written));
    const entries = Object.entries(written).map(
      ([name, part]) => [name, parse(part, path.to(name), name)] as const,
    );
    return entries.some(([, part]) => part === REFUSED)
      ? REFUSED
      : (Object.fromEntries(entries) as Record<string, Value>);
  };

/** @param name under which the value is sent; empty: none that could tell that it is a secret. */
export const value: NamedParser<Value> = (written, path, name) => {
  if (isUnknown(written)) return refuseUnknown(path);
  if (typeof written === 'string') return isSecretName(name) ? refuseLiteral(path) : written;
  if (!isHidden(written))
    return path.refuse('must be text, or a value such as secret("client_id")', kindOf(written));
  const held = written[VALUE];
  if ('literal' in held) return held.literal;
  if (isReference(held)) return readable(held, path);
  const references = held.text.filter((part) => typeof part !== 'string');
  if (references.length === 0) return isSecretName(name) ? refuseLiteral(path) : held.text.join('');
  return references.some((reference) => readable(reference, path) === REFUSED) ? REFUSED : held;
};

const isHidden = (written: unknown): written is HiddenValue => isObject(written) && VALUE in written;

/** Holds something that CloudFormation fills in, which it does not do in the function's settings. */
const isUnknown = (written: unknown): boolean =>
  Token.isUnresolved(isHidden(written) ? JSON.stringify(written[VALUE]) : written);

const refuseUnknown = (path: SettingPath): Refused =>
  path.refuse('must be known at synthesis, since it is part of the code asset', 'a token of the CDK');

function readable(reference: Reference, path: SettingPath): Reference | Refused {
  if (!('secret' in reference) || /^\S{1,128}$/.test(reference.secret)) return reference;
  return path.refuse(
    'must name a field of the secret, 1 to 128 characters without white space',
    show(reference.secret),
  );
}

const refuseLiteral = (path: SettingPath, received = 'text'): Refused =>
  path.refuse(
    'must not be written here: secret("…") names a field of the secret, literal("…") says that it is none',
    received,
  );

/** Names that secrets are sent under, however they are spelt. */
export function isSecretName(name: string): boolean {
  const plain = name.toLowerCase().replaceAll(/[-_]/g, '');
  return /pass|pwd|secret|assertion|apikey/.test(plain) || /^(authorization|cookie)$|token$/.test(plain);
}

/** @param name of the member that holds it. */
export function template(written: unknown, path: SettingPath, name: string): Template | Refused {
  if (typeof written === 'string' || isHidden(written)) return value(written, path, name);
  if (isUnknown(written)) return refuseUnknown(path);
  if (typeof written === 'number' && isSecretName(name)) return refuseLiteral(path, 'a number');
  if (Array.isArray(written)) {
    const parts = written.map((part, index) => template(part, path.to(String(index)), name));
    return parts.includes(REFUSED) ? REFUSED : (parts as Template[]);
  }
  if (isObject(written)) {
    const members = Object.entries(written).map(
      ([key, part]) => [key, template(part, path.to(key), key)] as const,
    );
    if (members.some(([, part]) => part === REFUSED)) return REFUSED;
    const json = Object.fromEntries(members);
    if (isReference(json) || isText(json))
      return path.refuse('must not have the shape of a value', show(json));
    return json as Template;
  }
  const isScalar = typeof written === 'boolean' || Number.isFinite(written);
  return isScalar
    ? (written as Template)
    : path.refuse('must be text, a number, true, false, a list, an object or a value', kindOf(written));
}

/** A field of the secret, and nothing else. */
export const field: Parser<string> = (written, path) => {
  const held = isHidden(written) ? written[VALUE] : undefined;
  if (held === undefined || !('secret' in held))
    return path.refuse('must be a field of the secret: secret("…")', kindOf(written));
  if (isUnknown(written)) return refuseUnknown(path);
  const read = readable(held, path);
  return read === REFUSED ? REFUSED : held.secret;
};
