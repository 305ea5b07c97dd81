import type { Place } from './arn.ts';
import { isParsed, type ParsedEnvironment, readEnvironment } from './environment.ts';
import { whole } from './parser.ts';
import { SettingPath } from './setting-path.ts';
import type { EnvironmentSettings, TokenProps } from './settings.ts';
import { show } from './show.ts';
import { type ParsedToken, readToken } from './token.ts';
import { checkAdoptedOnce, checkDifferentNames, checkTokens } from './tokens.ts';

/**
 * Parses the environments file as a whole, before any stack is made.
 *
 * @throws SettingError that tells all its mistakes.
 */
export function parseEnvironments(environments: readonly EnvironmentSettings[]): ParsedEnvironment[] {
  const root = new SettingPath();
  const path = root.to('environments');
  if (!Array.isArray(environments) || environments.length === 0) {
    throw path.error('must be a list of at least one environment', show(environments));
  }
  const read = environments.map((settings: unknown, index) =>
    readEnvironment(root, { settings, label: `environments[${index}]` }),
  );
  checkDifferentNames(
    path,
    read.map(({ name }) => name),
  );
  checkAdoptedOnce(read);
  return read.map(({ parsed }) => root.accept(parsed));
}

/**
 * Parses the settings of one stack, unless that is done.
 *
 * @param place of the stage that it is in.
 * @throws SettingError that tells all their mistakes.
 */
export function parseEnvironment(
  props: EnvironmentSettings & { readonly local?: boolean },
  place: Place,
): ParsedEnvironment {
  if (isParsed(props)) return props;
  const root = new SettingPath();
  const { local, ...settings } = props;
  const read = readEnvironment(root, { settings, label: 'settings', local, place });
  checkAdoptedOnce([read]);
  return root.accept(read.parsed);
}

/**
 * Parses a token that joins others.
 *
 * @throws SettingError that tells all its mistakes, and which of the others has too small a margin now.
 */
export function parseAddedToken(
  environment: ParsedEnvironment,
  others: readonly ParsedToken[],
  { name, props }: { name: string; props: TokenProps },
): ParsedToken {
  const path = new SettingPath().of('environment', environment.name);
  const added = readToken(path, { name, props, index: others.length }, environment);
  const tokens = [...others.map((parts) => ({ path: path.of('token', parts.name), parts })), added];
  checkTokens({ ...environment, path, tokens });
  checkAdoptedOnce([{ ...environment, path, tokens }]);
  return path.accept(whole(added.parts));
}
