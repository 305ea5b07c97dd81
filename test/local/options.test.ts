import { expect, it } from 'vitest';
import { parseOptions } from '../../local/options.ts';
import { UsageError } from '../../scripts/command-line.ts';

it('takes MiniStack and no end without options', () => {
  expect(parseOptions([])).toEqual({ help: false, once: false, form: { kind: 'ministack' } });
});

it.each([
  [['-h'], { help: true }],
  [['--once', '--embedded'], { once: true, form: { kind: 'embedded' } }],
  [['--endpoint=http://127.0.0.1:4566'], { form: { kind: 'endpoint', endpoint: 'http://127.0.0.1:4566' } }],
  [['--endpoint', 'http://127.9.8.7:1'], { form: { kind: 'endpoint', endpoint: 'http://127.9.8.7:1' } }],
  [['--endpoint', 'http://LOCALHOST:1/'], { form: { kind: 'endpoint', endpoint: 'http://localhost:1' } }],
  [['--endpoint', 'https://[::1]:4566'], { form: { kind: 'endpoint', endpoint: 'https://[::1]:4566' } }],
])('understands %j', (args, expected) => {
  expect(parseOptions(args)).toMatchObject(expected);
});

it.each([
  ['https://ssm.eu-central-1.amazonaws.com', /loopback host/],
  ['http://127.0.0.1.example.com:4566', /loopback host/],
  ['http://localhost.example.com:4566', /loopback host/],
  ['http://0.0.0.0:4566', /loopback host/],
  ['http://localhost@example.com', /loopback host/],
  ['http://user@localhost:4566', /no more/],
  ['http://localhost:4566/path', /no more/],
  ['http://localhost:4566/?x', /no more/],
  ['ftp://localhost', /must be an http URL/],
  ['localhost:4566', /must be an http URL/],
  ['', /must be an http URL/],
])('refuses the endpoint %s', (text, message) => {
  expect(() => parseOptions(['--endpoint', text])).toThrow(message);
});

it.each([
  [['--onec'], /unknown option '--onec'/],
  [['once'], /too many arguments/],
  [['--endpoint'], /argument missing/],
  [['--embedded', '--endpoint', 'http://127.0.0.1:1'], /cannot be used with/],
])('refuses %j', (args, message) => {
  expect(() => parseOptions(args)).toThrow(UsageError);
  expect(() => parseOptions(args)).toThrow(message);
});

it('tells of the two dashes when npm took the option', () => {
  expect(() => parseOptions([], { npm_config_once: 'true' })).toThrow(
    'npm kept --once for itself; write: npm run local -- --once',
  );
});
