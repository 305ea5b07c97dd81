import { describe, expect, it } from 'vitest';
import { UsageError } from '../../scripts/command-line.ts';
import { HELP, parseOptions } from '../../simulate/options.ts';

describe('the options of npm run simulate', () => {
  it('have defaults', () => {
    expect(parseOptions([])).toEqual({
      help: false,
      outageMinutes: [1, 10, 60],
      intervalMinutes: 25,
      lifetimeMinutes: 30,
      statedMinutes: 15,
      latenessSeconds: 60,
      tries: 200,
      years: 1,
      seeds: [1],
      svg: undefined,
    });
  });

  it('are taken as they are written', () => {
    const args = ['--outage', '0.5,7', '--seeds', '3-5', '--lateness', '0', '--svg', 'x.svg', '--years=0'];
    expect(parseOptions(args)).toMatchObject({
      outageMinutes: [0.5, 7],
      seeds: [3, 4, 5],
      latenessSeconds: 0,
      svg: 'x.svg',
      years: 0,
    });
  });

  it.each([
    [['--outage', '10,'], '--outage must be a number from 0 to 1440 and is empty'],
    [['--outage', '1441'], '--outage must be a number from 0 to 1440 and is 1441'],
    [['--interval', '1'], '--interval must be a number from 2 to 720 and is 1'],
    [['--interval', '30'], '--lifetime must be longer than --interval: 30 minutes, 30 minutes'],
    [['--stated', '1'], '--stated must be a number from 2 to 1440 and is 1'],
    [['--seed', '1.5'], '--seed must be a whole number'],
    [['--seeds', '20-1'], '--seeds must be two whole numbers'],
    [['--years', 'two'], '--years must be a number from 0 to 100 and is two'],
    [['--sead', '1'], '--sead'],
    [['1'], "'1'"],
  ])('%j are refused', (args, message) => {
    expect(() => parseOptions(args)).toThrow(UsageError);
    expect(() => parseOptions(args)).toThrow(message);
  });

  it('that npm took for its own are asked for again', () => {
    expect(() => parseOptions([], { npm_config_seeds: '1-20' })).toThrow('npm run simulate -- --seeds');
  });

  it('are all explained', () => {
    for (const option of [
      'outage',
      'interval',
      'lifetime',
      'stated',
      'lateness',
      'tries',
      'years',
      'seed',
      'seeds',
      'svg',
    ]) {
      expect(HELP).toContain(`--${option} `);
    }
  });
});
