import { SettingError } from '../lib/settings/setting-error.ts';

const FILE = 'environments.ts';

/** What is wrong with the environments file, a line for each mistake; undefined for an error of another kind. */
export function mistakesIn(error: unknown): string | undefined {
  if (error instanceof SettingError) return error.message.replaceAll(/^/gm, `${FILE}: `);
  // The CDK throws this while the file is read: the line is all that is known of the place.
  if (!(error instanceof Error) || error.name !== 'DurationAmountsCannotNegative') return undefined;
  const [place = FILE] = /environments\.ts:\d+/.exec(error.stack ?? '') ?? [];
  return `${place}: ${error.message}`;
}
