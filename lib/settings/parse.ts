import type { Place } from './arn.ts';
import { environmentName, type ParsedEnvironment, readEnvironment } from './environment.ts';
import { isObject, isParsed } from './parser.ts';
import { REFUSED, SettingPath } from './setting-error.ts';
import type { EnvironmentSettings, TokenProps } from './settings.ts';
import { show } from './show.ts';
import { type Adopter, type ParsedToken, tokenName } from './token.ts';
import { checkDifferentNames, readTokens } from './tokens.ts';

/**
 * Parses the environments file as a whole, before any stack is made.
 *
 * @throws SettingError that tells all its mistakes.
 */
export function parseEnvironments(environments: readonly EnvironmentSettings[]): ParsedEnvironment[] {
  const root = new SettingPath();
  const path = root.to('environments');
  if (!Array.isArray(environments) || environments.length === 0) {
    return path.accept<never>(path.refuse('must be a list of at least one environment', show(environments)));
  }
  checkDifferentNames(path, environments);
  const adopters = new Map<string, Adopter>();
  const parsed = environments.map((settings, index) => readEnvironment(settings, { root, adopters, index }));
  return parsed.map((environment) => root.accept(environment));
}

/**
 * Parses the settings of one stack, unless that is done.
 *
 * @param place of the stage that the stack is in.
 * @throws SettingError that tells all their mistakes.
 */
export function parseEnvironment(
  props: ParsedEnvironment | (EnvironmentSettings & { readonly local?: boolean }),
  place: Place,
): ParsedEnvironment {
  if (isParsed<ParsedEnvironment>(props)) return props;
  const { local, ...settings } = props as EnvironmentSettings & { readonly local?: boolean };
  const root = new SettingPath();
  return root.accept(readEnvironment(settings, { root, adopters: new Map(), index: 0, local, place }));
}

/**
 * Parses a token that joins others.
 *
 * @throws SettingError that tells all its mistakes, and which of the others has too small a margin now.
 */
export function parseAddedToken(
  added: { readonly name: string; readonly props: TokenProps },
  others: readonly ParsedToken[],
  environment: ParsedEnvironment,
): ParsedToken {
  const path = new SettingPath().of('environment', environment.name);
  const token = isObject(added.props) ? { ...added.props, name: added.name } : added.props;
  const tokens = readTokens([...others, token], { ...environment, path, adopters: new Map() });
  return path.accept(tokens?.at(-1) ?? REFUSED);
}

/** @throws SettingError if one of the names is malformed. */
export function checkNames({ environment, name }: { environment: string; name: string }): void {
  const root = new SettingPath();
  environmentName(environment, root.to('name of an environment'));
  root.accept(tokenName(name, root.of('environment', environment).to('name of a token')));
}
