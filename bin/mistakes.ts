import { SettingError } from '../lib/settings/setting-error.ts';

const FILE = 'environments.ts';

/** What is wrong with the environments file, a line for each mistake; undefined for an error of another place. */
export function mistakesIn(error: unknown): string | undefined {
  if (error instanceof SettingError) return error.message.replaceAll(/^/gm, `${FILE}: `);
  if (!(error instanceof Error)) return undefined;
  // Thrown while the file was read: by itself, or by the CDK for a Duration that is none.
  const frames = (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line) && !line.includes('node_modules'));
  const [place] = /\benvironments\.ts:\d+/.exec(frames[0] ?? '') ?? [];
  return place && `${place}: ${error.message}`;
}
