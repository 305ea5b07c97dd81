/** `npm run local`: see --help. */
import { UsageError } from '../scripts/command-line.ts';
import { localRun } from './local-run.ts';
import { HELP, parseOptions } from './options.ts';

const USAGE_EXIT_CODE = 2;

async function main(): Promise<number> {
  try {
    const options = parseOptions(process.argv.slice(2), process.env);
    if (!options.help) return await localRun(options);
    process.stdout.write(HELP);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\nSee: npm run local -- --help\n`);
    return USAGE_EXIT_CODE;
  }
}

process.exitCode = await main();
