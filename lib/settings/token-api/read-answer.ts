import {
  type AnswerMatch,
  type AnswerShape,
  LIFETIME_UNITS,
  type StatedLifetime,
} from '../../../contract/token-api.ts';
import { either, object, optional, type Parser, withDefault } from '../parser.ts';
import { REFUSED } from '../setting-error.ts';
import { kindOf } from '../show.ts';
import { oneOf, text, wholeNumber } from '../values.ts';

const pointer = text(
  'must be a JSON pointer (RFC 6901), such as "/data/token", or empty for the whole body',
  (written) => /^(\/([^~/]|~[01])*)*$/.test(written),
);

const oneOrMore =
  <Meant>(parse: Parser<Meant>): Parser<readonly Meant[]> =>
  (written, path) => {
    const parts = (Array.isArray(written) ? written : [written]).map((part) => parse(part, path));
    if (parts.length === 0) return path.refuse('must hold at least one', 'none');
    return parts.includes(REFUSED) ? REFUSED : (parts as Meant[]);
  };

const lifetime: Parser<StatedLifetime> = object<StatedLifetime>({
  at: oneOrMore(pointer),
  unit: withDefault(oneOf(LIFETIME_UNITS), 's'),
});

export const answer: Parser<AnswerShape> = (written, path) => {
  const read = object<{ [Key in keyof Required<AnswerShape>]: AnswerShape[Key] | 'never' | undefined }>({
    token: pointer,
    refreshToken: optional(pointer),
    expires: optional(either('never', lifetime)),
    refreshExpires: optional(lifetime),
  })(written, path);
  if (read === REFUSED) return REFUSED;
  const { expires, ...rest } = read;
  return { ...rest, ...(expires !== undefined && expires !== 'never' && { expires }) } as AnswerShape;
};

export const noAnswer: Parser<undefined> = (written, path) =>
  written === undefined ? undefined : path.refuse('goes without a login that is signed', kindOf(written));

export const matches = oneOrMore<AnswerMatch>((written, path) => {
  const match = object<AnswerMatch>({
    status: optional(oneOrMore(wholeNumber)) as never,
    at: optional(pointer) as never,
    is: optional(scalars) as never,
  })(written, path);
  if (match === REFUSED) return REFUSED;
  if (match.status === undefined && match.at === undefined)
    return path.refuse('must have a status, or a pointer at', 'neither');
  if (match.is !== undefined && match.at === undefined)
    return path.to('is').refuse('goes with at', 'it alone');
  if (match.at === undefined && match.status?.some((status) => status < 300))
    return path.to('at').refuse('must tell a refusal from a grant, whose status is 2xx, too', 'nothing');
  return match;
});

const scalars: Parser<readonly (string | number | boolean | null)[]> = (written, path) => {
  // Null is a value here, and not a refusal.
  const parts = Array.isArray(written) ? written : [written];
  return parts.every((part) => part === null || ['string', 'number', 'boolean'].includes(typeof part))
    ? parts
    : path.refuse('must be text, a number, true, false or null, or a list of them', kindOf(written));
};
