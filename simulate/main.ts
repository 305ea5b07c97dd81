import { writeFileSync } from 'node:fs';
import { UsageError } from '../scripts/command-line.ts';
import { HELP, parseOptions } from './options.ts';
import { drawOutages, reportLoginAlone, reportWorstMoments, reportYears } from './report.ts';

const print = (text: string): void => console.log(text);

async function main(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  const options = parseOptions(args, environment);
  if (options.help) return print(HELP);
  const worst = await reportWorstMoments(options, print);
  await reportLoginAlone(options, print);
  if (options.svg !== undefined) {
    writeFileSync(options.svg, await drawOutages(options, worst));
    print(`drawn to ${options.svg}\n`);
  }
  const keptToLimit = options.years === 0 || (await reportYears(options, print));
  if (!keptToLimit) process.exitCode = 1;
}

try {
  await main(process.argv.slice(2), process.env);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}\nnpm run simulate -- --help explains the options`);
  process.exitCode = 2;
}
