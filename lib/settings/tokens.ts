import { checkAdoptedArns } from './credentials.ts';
import { isObject } from './parser.ts';
import { REFUSED, type Refused, type SettingPath } from './setting-error.ts';
import { show } from './show.ts';
import { checkReaders } from './template-size.ts';
import { type ParsedToken, readToken, type TokenContext } from './token.ts';

/** A template holds 500 resources, and Parameter Store 3 writes per second. */
export const MOST_TOKENS = 70;

/** Each token of an environment, and what they must keep to together. */
export function readTokens(
  written: readonly unknown[],
  context: Omit<TokenContext, 'tokens'>,
): readonly ParsedToken[] | Refused {
  const { path, name: environment, keyArn } = context;
  const count = written.length;
  if (count === 0 || count > MOST_TOKENS) path.to('tokens').refuse(`must be 1 to ${MOST_TOKENS}`, `${count}`);
  checkDifferentNames(path.to('tokens'), written);
  const tokens = written.map((token, index) => readToken(token, index, { ...context, tokens: count }));
  if (!tokens.every((token) => token !== REFUSED)) return REFUSED;
  if (environment === REFUSED || keyArn === REFUSED) return tokens;
  checkAdoptedArns(path, { environment, keyArn, tokens });
  checkReaders(path, tokens);
  return tokens;
}

export function checkDifferentNames(path: SettingPath, written: readonly unknown[]): void {
  const names = written.map((settings) => (isObject(settings) ? settings.name : undefined));
  const repeated = names.filter((name, index) => typeof name === 'string' && names.indexOf(name) < index);
  for (const name of new Set(repeated)) path.refuse('must have different names', `${show(name)} twice`);
}
