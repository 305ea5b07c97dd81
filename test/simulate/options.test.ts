import { expect, it } from 'vitest';
import { UsageError } from '../../scripts/command-line.ts';
import { parseOptions } from '../../simulate/options.ts';

it('has defaults', () => {
  expect(parseOptions([])).toEqual({
    outage: [1, 10, 60],
    interval: 25,
    lifetime: 30,
    lateness: 60,
    tries: 200,
    years: 1,
    seeds: [1],
  });
});

it('takes options as they are written', () => {
  const args = ['--outage', '0.5,7', '--seeds', '3-5', '--lateness', '0', '--svg', 'x.svg', '--years=0'];
  expect(parseOptions(args)).toMatchObject({
    outage: [0.5, 7],
    seeds: [3, 4, 5],
    lateness: 0,
    svg: 'x.svg',
    years: 0,
  });
  expect(parseOptions(['--seeds', '7'])).toMatchObject({ seeds: [7] });
});

it.each([
  [['--outage', '10,'], "argument '10,' is invalid. It must be a number from 0 to 1440"],
  [['--interval', '1'], "argument '1' is invalid. It must be a number from 2 to 720"],
  [['--interval', '30'], '--lifetime must be longer than --interval: 30 minutes, 30 minutes'],
  [['--seeds', '20-1'], 'It must be a whole number, or two'],
  [['--sead', '1'], "unknown option '--sead'"],
  [['1'], 'too many arguments'],
])('refuses %j', (args, message) => {
  expect(() => parseOptions(args)).toThrow(UsageError);
  expect(() => parseOptions(args)).toThrow(message);
});

it('asks again for options that npm took for its own', () => {
  expect(() => parseOptions([], { npm_config_seeds: '1-20' })).toThrow('npm run simulate -- --seeds');
});
