import { SettingError } from '../lib/settings/setting-error.ts';

const FILE = 'environments.ts';
const PLACE = /\benvironments\.ts:\d+/;

/** What is wrong with the environments file, a line for each mistake; undefined for an error of another place. */
export function mistakesIn(error: unknown): string | undefined {
  if (error instanceof SettingError) return error.message.replaceAll(/^/gm, `${FILE}: `);
  if (!(error instanceof Error)) return undefined;
  const [head = '', ...lines] = (error.stack ?? '').split('\n');
  // Thrown while the file was read: by itself, by Node.js, or by the CDK for a Duration that is none.
  const frame = lines.find((line) => /^\s+at /.test(line) && !/node_modules|\bnode:/.test(line));
  // Node.js names the place of a mistake in the syntax first.
  const [place] = PLACE.exec(head) ?? PLACE.exec(frame ?? '') ?? [];
  return place && `${place}: ${error.message}`;
}
