import { styleText } from 'node:util';
import type { Output, World } from './world.ts';

const USUAL_COLUMNS = 80;

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow';

/** Answers go to standard output, all else to standard error. Colours and progress are for terminals only. */
export class Screen {
  readonly #world: World;
  #progress = '';

  constructor(world: World) {
    this.#world = world;
  }

  /** Part of the answer. @param hanging columns before the lines that follow, where a line is broken */
  line(text = '', hanging = 0): void {
    this.#write(this.#world.stdout, text, hanging);
  }

  /** A command to copy: never broken. */
  command(text: string): void {
    this.#clear();
    this.#world.stdout.write(`  ${text}\n`);
  }

  json(value: unknown): void {
    this.#clear();
    this.#world.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
  }

  /** Beside the answer. */
  note(text: string): void {
    this.#write(this.#world.stderr, text);
  }

  /** Stands in the last line until something else is written. */
  progress(text: string): void {
    const { stderr } = this.#world;
    if (!stderr.isTTY || text === this.#progress) return;
    this.#clear();
    stderr.write(text.slice(0, columnsOf(stderr) - 1));
    this.#progress = text;
  }

  /** Of standard output. */
  get columns(): number {
    return columnsOf(this.#world.stdout);
  }

  get isTerminal(): boolean {
    return this.#world.stdout.isTTY === true;
  }

  style(style: Style, text: string): string {
    const { env } = this.#world;
    return this.isTerminal && !env.NO_COLOR && env.TERM !== 'dumb'
      ? styleText(style, text, { validateStream: false })
      : text;
  }

  /** Empties a terminal. */
  wipe(): void {
    if (this.isTerminal) this.#world.stdout.write('\u001b[2J\u001b[H');
  }

  #write(output: Output, text: string, hanging = 0): void {
    this.#clear();
    output.write(`${output.isTTY ? wrap(text, columnsOf(output), hanging) : text}\n`);
  }

  #clear(): void {
    if (this.#progress === '') return;
    this.#world.stderr.write('\r\u001b[K');
    this.#progress = '';
  }
}

const columnsOf = ({ columns = USUAL_COLUMNS }: Output): number => Math.max(columns, 20);

/** Breaks lines between words only; what is longer than a line, such as an ARN, stays whole. Keeps each line's indentation. */
export const wrap = (text: string, columns: number, hanging = 0): string =>
  text
    .split('\n')
    .flatMap((line) => wrapLine(line, columns, ' '.repeat(hanging)))
    .join('\n');

function wrapLine(line: string, columns: number, hanging: string): string[] {
  if (widthOf(line) <= columns) return [line];
  const [first = ''] = /^ */.exec(line) ?? [];
  const indent = hanging === '' ? first : hanging;
  const lines: string[] = [];
  let current = '';
  for (const word of line.trim().split(' ')) {
    const longer = current === '' ? `${first}${word}` : `${current} ${word}`;
    if (current !== '' && widthOf(longer) > columns) {
      lines.push(current);
      current = `${indent}${word}`;
    } else current = longer;
  }
  return [...lines, current];
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: what styleText writes
const STYLES = /\u001b\[\d+m/g;

const widthOf = (text: string): number => text.replaceAll(STYLES, '').length;

/** Text from outside, such as a token API's answer, must not move a terminal's cursor. */
export const printable = (text: string): string => text.replaceAll(/\p{Cc}+/gu, ' ');
