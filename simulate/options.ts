import { Command, InvalidArgumentError } from 'commander';
import { DEFAULT_TIMES, MINUTE, SECOND } from '../contract/times.ts';
import { optionsOf, UsageError } from '../scripts/command-line.ts';

const INTERVAL_MINUTES = (DEFAULT_TIMES.intervalSeconds * SECOND) / MINUTE;
const LIFETIME_MINUTES = (DEFAULT_TIMES.accessTokenLifetimeSeconds * SECOND) / MINUTE;

export interface Options {
  readonly help?: true;
  /** In minutes. */
  readonly outage: readonly number[];
  readonly interval: number;
  readonly lifetime: number;
  /** In seconds. */
  readonly lateness: number;
  readonly tries: number;
  readonly years: number;
  readonly seeds: readonly number[];
  /** Where the timeline goes; absent: none is drawn. */
  readonly svg?: string;
}

const command = (): Command =>
  new Command('npm run simulate --')
    .description(
      "Runs the refresher's own code on a virtual clock against a scripted token API, beside a plain schedule that refreshes or else logs in and is retried twice by Lambda. Prints how long there was no valid token: for outages at the worst moment, by refresh token and by login alone, and for a year of random outages.",
    )
    .option('--outage <minutes,...>', 'lengths of the outages at the worst moment', outages, [1, 10, 60])
    .option('--interval <minutes>', 'time between two scheduled refreshes', number(2, 720), INTERVAL_MINUTES)
    .option('--lifetime <minutes>', 'lifetime of an access token', number(3, 1440), LIFETIME_MINUTES)
    .option(
      '--lateness <seconds>',
      "each scheduled refresh comes from 0 to so many seconds late, as EventBridge Scheduler's may",
      number(0, 900),
      60,
    )
    .option('--tries <number>', 'random moments to try around the worst one found', number(0, 1e9), 200)
    .option('--years <number>', 'length of the run with random outages; 0: leave it out', number(0, 100), 1)
    .option('--seeds <first-last>', 'a run for each; the same seed gives the same result', seeds, [1])
    .option('--svg <file>', 'draw a timeline of the outages at the worst moment, too');

export const HELP = command().helpInformation();

/**
 * @param args what follows the script's name
 * @param environment where npm leaves options that were meant for the script but lack the `--` before them
 * @throws {UsageError}
 */
export function parseOptions(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Options {
  const options = optionsOf<Options>('simulate', command(), args, environment);
  const { interval, lifetime } = options;
  if (lifetime > interval) return options;
  throw new UsageError(`--lifetime must be longer than --interval: ${lifetime} minutes, ${interval} minutes`);
}

function number(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a number from ${least} to ${most}.`);
  };
}

function outages(text: string): number[] {
  return text.split(',').map(number(0, 1440));
}

function seeds(text: string): number[] {
  const [, first = '', last = first] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(text) ?? [];
  const count = Number(last) - Number(first) + 1;
  if (first === '' || count < 1 || count > 1000) {
    throw new InvalidArgumentError('It must be a whole number, or two such as 1-20, at most 1000 seeds.');
  }
  return Array.from({ length: count }, (_, index) => Number(first) + index);
}
