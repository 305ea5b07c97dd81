/** The command line cannot be followed; the message says why, for the person who typed it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * npm keeps options that were meant for a script but lack the `--` before them, in the script's environment.
 *
 * @param script name of the npm script
 * @throws {UsageError} that says how to write it
 */
export function refuseOptionsThatNpmTook(
  script: string,
  options: readonly string[],
  environment: NodeJS.ProcessEnv,
): void {
  const taken = options.find((name) => environment[`npm_config_${name.replaceAll('-', '_')}`] !== undefined);
  if (taken === undefined) return;
  throw new UsageError(`npm kept --${taken} for itself; write: npm run ${script} -- --${taken}`);
}
