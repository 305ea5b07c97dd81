import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ParsedEnvironment } from '../lib/settings/environment.ts';
import { badInput, Failure } from './failure.ts';

export const ENVIRONMENTS_FILE = 'environments.ts';

/**
 * An environment of the environments file, as a deployment would read it.
 *
 * @returns undefined if there is no such file: an own CDK app has its settings in its code
 * @throws {Failure} that tells the mistakes in it, or that it names no such environment
 */
export async function readEnvironment(file: string, name: string): Promise<ParsedEnvironment | undefined> {
  const path = resolve(file);
  if (!existsSync(path)) return undefined;
  const { parseEnvironments } = await import('../lib/settings/parse.ts');
  const parsed = await import(pathToFileURL(path).href)
    .then(({ environments }) => parseEnvironments(environments))
    .catch((error: Error) => {
      throw new Failure(`${file}: ${error.message}`);
    });
  const found = parsed.find((environment) => environment.name === name);
  if (found !== undefined) return found;
  throw badInput(
    `${file} has no environment "${name}".`,
    `It has ${parsed.map((one) => one.name).join(', ')}.`,
  );
}
