import { parseArgs } from 'node:util';
import { DEFAULT_TIMES, MINUTE, SECOND } from '../contract/times.ts';
import { refuseOptionsThatNpmTook, UsageError } from '../scripts/command-line.ts';

const INTERVAL_MINUTES = (DEFAULT_TIMES.intervalSeconds * SECOND) / MINUTE;
const LIFETIME_MINUTES = (DEFAULT_TIMES.accessTokenLifetimeSeconds * SECOND) / MINUTE;

export const HELP = `Usage: npm run simulate [-- options]

Runs the refresher's own code on a virtual clock against a scripted token API, beside a plain schedule
that refreshes or else logs in and is retried twice by Lambda. Prints how long there was no valid token:
for outages at the worst moment, by refresh token and by login alone; for a week without outages in which
tokens turn out to live shorter than the settings say; and for a year of random outages.

  --outage MINUTES,...   lengths of the outages at the worst moment (default 1,10,60)
  --interval MINUTES     time between two ticks of the schedule (default ${INTERVAL_MINUTES})
  --lifetime MINUTES     lifetime of an access token (default ${LIFETIME_MINUTES})
  --stated MINUTES       lifetime that the token API states instead, in the week without outages
                         (default 15)
  --lateness SECONDS     each tick comes from 0 to so many seconds late (default 60, as EventBridge
                         Scheduler's may; 0: exactly on time)
  --tries NUMBER         random moments that are tried around the worst one found (default 200)
  --years NUMBER         length of the run with random outages (default 1; 0: leave it out)
  --seed NUMBER          what all chance hangs on (default 1): same seed, same result
  --seeds FIRST-LAST     one run with random outages for each of these seeds
  --svg FILE             draw a timeline of the outages at the worst moment, too
  --help                 show this text
`;

export interface Options {
  readonly help: boolean;
  readonly outageMinutes: readonly number[];
  readonly intervalMinutes: number;
  readonly lifetimeMinutes: number;
  /** How long access tokens turn out to live, in the week without outages. */
  readonly statedMinutes: number;
  readonly latenessSeconds: number;
  readonly tries: number;
  readonly years: number;
  readonly seeds: readonly number[];
  /** Where the timeline goes; undefined: none is drawn. */
  readonly svg: string | undefined;
}

const KNOWN = {
  outage: { type: 'string', default: '1,10,60' },
  interval: { type: 'string', default: String(INTERVAL_MINUTES) },
  lifetime: { type: 'string', default: String(LIFETIME_MINUTES) },
  stated: { type: 'string', default: '15' },
  lateness: { type: 'string', default: '60' },
  tries: { type: 'string', default: '200' },
  years: { type: 'string', default: '1' },
  seed: { type: 'string', default: '1' },
  seeds: { type: 'string' },
  svg: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/**
 * @param args what follows the script's name
 * @param environment where npm leaves options that were meant for the script but lack the `--` before them
 * @throws {UsageError}
 */
export function parseOptions(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Options {
  refuseOptionsThatNpmTook('simulate', Object.keys(KNOWN), environment);
  const values = parse(args);
  const intervalMinutes = number('--interval', values.interval, { least: 2, most: 720 });
  const lifetimeMinutes = number('--lifetime', values.lifetime, { least: 3, most: 1440 });
  if (lifetimeMinutes <= intervalMinutes) {
    throw new UsageError(
      `--lifetime must be longer than --interval: ${lifetimeMinutes} minutes, ${intervalMinutes} minutes`,
    );
  }
  return {
    help: values.help,
    outageMinutes: values.outage
      .split(',')
      .map((minutes) => number('--outage', minutes, { least: 0, most: 1440 })),
    intervalMinutes,
    lifetimeMinutes,
    statedMinutes: number('--stated', values.stated, { least: 2, most: 1440 }),
    latenessSeconds: number('--lateness', values.lateness, { least: 0, most: 900 }),
    tries: wholeNumber('--tries', values.tries),
    years: number('--years', values.years, { least: 0, most: 100 }),
    seeds: values.seeds === undefined ? [wholeNumber('--seed', values.seed)] : seedsFrom(values.seeds),
    svg: values.svg,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: KNOWN }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function number(option: string, text: string, { least, most }: { least: number; most: number }): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= least && value <= most) return value;
  throw new UsageError(`${option} must be a number from ${least} to ${most} and is ${text || 'empty'}`);
}

function wholeNumber(option: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(`${option} must be a whole number of at most 9 digits and is ${text || 'empty'}`);
}

function seedsFrom(text: string): number[] {
  const [, first = '', last = ''] = /^(\d{1,9})-(\d{1,9})$/.exec(text) ?? [];
  const count = Number(last) - Number(first) + 1;
  if (first === '' || count < 1 || count > 1000) {
    throw new UsageError(
      `--seeds must be two whole numbers such as 1-20, at most 1000 seeds, and is ${text}`,
    );
  }
  return Array.from({ length: count }, (_, index) => Number(first) + index);
}
