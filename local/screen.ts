import { stripVTControlCharacters, styleText } from 'node:util';
import { SECOND } from '../contract/times.ts';

/** Lines with the time since the start before them, and on a terminal one last line that changes in place. */
export interface Screen {
  /** A line that stays, with the elapsed time before it. */
  line(text: string): void;
  /** A line without a time: headings, empty lines, explanations. */
  note(text: string): void;
  /** What goes on right now. Shown on terminals only, until the next line takes its place. */
  status(text: string): void;
}

const REDRAW_MS = SECOND;

export function createScreen(out: NodeJS.WriteStream): Screen {
  const startedAt = Date.now();
  let current = '';
  const dim = (text: string) => styleText('dim', text, { stream: out });
  const elapsed = () => dim(clock(Date.now() - startedAt).padStart(6));
  const write = (text: string) => out.write(out.isTTY ? `\r\x1b[K${text}` : text);
  const draw = () => {
    if (current !== '') write(oneLine(`${elapsed()}  ${dim(current)}`, out.columns));
  };
  const stay = (text: string) => {
    current = '';
    write(`${text}\n`);
  };
  // The elapsed time goes on, so that nobody takes a slow step for a stuck one.
  if (out.isTTY) setInterval(draw, REDRAW_MS).unref();
  return {
    line: (text) => stay(`${elapsed()}  ${text}`),
    note: stay,
    status(text) {
      if (!out.isTTY || text === current) return;
      current = text;
      draw();
    },
  };
}

/** `1:05`: minutes and seconds. */
function clock(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / SECOND);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** `3 min 58 s`, `4 min` or `58 s`. */
export function duration(milliseconds: number): string {
  const total = Math.max(0, Math.round(milliseconds / SECOND));
  const minutes = Math.floor(total / 60);
  const seconds = total % 60;
  if (minutes === 0) return `${seconds} s`;
  return seconds === 0 ? `${minutes} min` : `${minutes} min ${seconds} s`;
}

/** What wraps could not be overwritten. */
function oneLine(text: string, columns: number): string {
  const plain = stripVTControlCharacters(text);
  return plain.length < columns ? text : plain.slice(0, columns - 1);
}
