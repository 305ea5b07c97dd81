import { ENVIRONMENT_NAME, TOKEN_NAME, TOKEN_NAME_MAX_LENGTH } from '../../contract/names.ts';
import { text } from './parser.ts';
import { type Refused, SettingPath } from './setting-path.ts';

const environmentName = text(
  'must be lower-case letters and digits, a letter first, at most 16 characters',
  (name) => ENVIRONMENT_NAME.test(name),
);

const tokenName = text(
  `must be kebab-case (lower-case letters, digits, single hyphens), at most ${TOKEN_NAME_MAX_LENGTH} characters`,
  (name) => name.length <= TOKEN_NAME_MAX_LENGTH && TOKEN_NAME.test(name),
);

/** @param root the environments file, or a construct. */
export const parseEnvironmentName = (name: unknown, root: SettingPath): string | Refused =>
  environmentName(name, root.to('name of an environment'));

/** @param path of the environment. */
export const parseTokenName = (name: unknown, path: SettingPath): string | Refused =>
  tokenName(name, path.to('name of a token'));

/** @throws SettingError */
export function checkNames({ environment, name }: { environment: string; name: string }): void {
  const root = new SettingPath();
  parseEnvironmentName(environment, root);
  root.accept(parseTokenName(name, root.of('environment', environment)));
}
