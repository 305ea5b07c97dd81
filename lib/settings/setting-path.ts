import { SettingError } from './setting-error.ts';
import { show } from './show.ts';

/** Stands for a setting that was refused; undefined, for one that was left out. */
export const REFUSED = null;
export type Refused = typeof REFUSED;

/** Where in the settings something stands. All paths that begin at one root write what is wrong into one list. */
export class SettingPath {
  readonly #problems: string[];
  readonly #text: string;
  readonly #joint: string;

  /** Without arguments: a root, with a list of its own. */
  constructor({ problems = [] as string[], text = '', joint = '' } = {}) {
    this.#problems = problems;
    this.#text = text;
    this.#joint = joint;
  }

  /** The settings of an environment or a token. */
  of(owner: 'environment' | 'token', name: string): SettingPath {
    return this.within(`${owner} ${show(name)}`);
  }

  /** A part that is set off by a comma. */
  within(part: string): SettingPath {
    const text = this.#text === '' ? part : `${this.#text}, ${part}`;
    return new SettingPath({ problems: this.#problems, text, joint: ', ' });
  }

  /** A setting; below another setting, joined to it by a dot. */
  to(setting: string): SettingPath {
    return new SettingPath({
      problems: this.#problems,
      text: `${this.#text}${this.#joint}${setting}`,
      joint: '.',
    });
  }

  /** @param received the value in words, see `show`; something else where it may hold a secret. */
  refuse(rule: string, received: string): Refused {
    this.#problems.push(this.error(rule, received).message);
    return REFUSED;
  }

  /** For a mistake that stands alone. */
  error(rule: string, received: string): SettingError {
    return new SettingError(`${this.#text}: ${rule}; got ${received}`);
  }

  /**
   * @returns the value, if nothing was refused from the root on.
   * @throws SettingError that tells all of it.
   */
  accept<Meant>(value: Meant | Refused): Meant {
    if (value !== REFUSED && this.#problems.length === 0) return value;
    throw new SettingError(this.#problems.join('\n'));
  }
}
