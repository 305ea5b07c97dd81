import { type Command, CommanderError } from 'commander';

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

/**
 * What the options of an npm script say. `help` is one of them.
 *
 * @param script its name
 * @param args what follows the script's name
 * @throws {UsageError}
 */
export function optionsOf<Options>(
  script: string,
  command: Command,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): Options & { readonly help?: true } {
  const names = command.options.map((option) => option.name());
  refuseOptionsThatNpmTook(script, names, environment);
  command.helpOption(false).option('-h, --help', 'show this text').allowExcessArguments(false);
  command.exitOverride().configureOutput({ outputError: () => {} });
  try {
    return command.parse(args, { from: 'user' }).opts();
  } catch (error) {
    if (error instanceof CommanderError) throw new UsageError(error.message);
    throw error;
  }
}
