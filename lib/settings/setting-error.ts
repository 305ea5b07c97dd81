import { show } from './show.ts';

/** Invalid settings. The message has a line for each: environment, token, setting, rule and the value received. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
}

/** Stands for a setting that was refused; undefined, for one that was left out. */
export const REFUSED = null;
export type Refused = typeof REFUSED;

/** A place in the settings. All paths of one root collect mistakes in one list. */
export class SettingPath {
  readonly #problems: string[];
  readonly #prefix: string;

  /** Without arguments: a root, with a list of its own. */
  constructor(problems: string[] = [], prefix = '') {
    this.#problems = problems;
    this.#prefix = prefix;
  }

  /** A setting. */
  to(setting: string): SettingPath {
    return new SettingPath(this.#problems, `${this.#prefix}${setting}.`);
  }

  /** The settings of an environment or a token. @param index its place in a list, where it has no name. */
  of(kind: 'environment' | 'token', name: unknown, index = 0): SettingPath {
    const owner = typeof name === 'string' ? `${kind} ${show(name)}` : `${kind}s[${index}]`;
    return new SettingPath(this.#problems, `${this.#prefix}${owner}, `);
  }

  /** What is no setting: no part of this path, but beside it. */
  key(name: string): SettingPath {
    return new SettingPath(this.#problems, `${this.#text}, ${show(name)}`);
  }

  /** @param received the value in words, see {@link show}; something else where it may hold a secret. */
  refuse(rule: string, received: string): Refused {
    this.#problems.push(`${this.#text}: ${rule}; got ${received}`);
    return REFUSED;
  }

  get #text(): string {
    return this.#prefix.replace(/(\.|, )$/, '');
  }

  /** @throws SettingError that tells all that was refused from the root on. */
  accept<Meant>(value: Meant | Refused): Meant {
    if (value !== REFUSED && this.#problems.length === 0) return value;
    throw new SettingError(this.#problems.join('\n'));
  }
}
