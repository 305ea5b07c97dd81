import { describe, expect, it } from 'vitest';
import { parseOptions } from '../../local/options.ts';
import { UsageError } from '../../scripts/command-line.ts';

describe('parseOptions', () => {
  it('takes MiniStack and no end without options', () => {
    expect(parseOptions([])).toEqual({ help: false, once: false, form: { kind: 'ministack' } });
  });

  it.each([
    [['--once'], { once: true }],
    [['--help'], { help: true }],
    [['-h'], { help: true }],
    [['--embedded'], { form: { kind: 'embedded' } }],
    [['--once', '--embedded'], { once: true, form: { kind: 'embedded' } }],
  ])('understands %j', (args, expected) => {
    expect(parseOptions(args)).toMatchObject(expected);
  });

  it.each([
    ['http://127.0.0.1:4566', 'http://127.0.0.1:4566'],
    ['http://127.9.8.7:1', 'http://127.9.8.7:1'],
    ['http://LOCALHOST:4566/', 'http://localhost:4566'],
    ['https://[::1]:4566', 'https://[::1]:4566'],
  ])('takes the loopback endpoint %s', (text, endpoint) => {
    expect(parseOptions([`--endpoint=${text}`]).form).toEqual({ kind: 'endpoint', endpoint });
    expect(parseOptions(['--endpoint', text]).form).toEqual({ kind: 'endpoint', endpoint });
  });

  it.each([
    ['https://ssm.eu-central-1.amazonaws.com', /loopback host/],
    ['http://127.0.0.1.example.com:4566', /loopback host/],
    ['http://localhost.example.com:4566', /loopback host/],
    ['http://128.0.0.1:4566', /loopback host/],
    ['http://0.0.0.0:4566', /loopback host/],
    ['http://localhost@example.com', /loopback host/],
    ['http://user@localhost:4566', /no more/],
    ['http://localhost:4566/path', /no more/],
    ['http://localhost:4566/?x', /no more/],
    ['ftp://localhost', /must be an http URL/],
    ['localhost:4566', /must be an http URL/],
    ['4566', /must be an http URL/],
  ])('refuses the endpoint %s', (text, message) => {
    expect(() => parseOptions(['--endpoint', text])).toThrow(message);
  });

  it.each([
    [['--onec'], /unknown option: --onec/],
    [['-x'], /unknown option: -x/],
    [['once'], /unexpected argument: once/],
    [['--once=yes'], /--once takes no value/],
    [['--endpoint'], /--endpoint needs a value/],
    [['--endpoint='], /--endpoint needs a value/],
    [['--embedded', '--endpoint', 'http://127.0.0.1:1'], /exclude each other/],
  ])('refuses %j', (args, message) => {
    expect(() => parseOptions(args)).toThrow(UsageError);
    expect(() => parseOptions(args)).toThrow(message);
  });

  it('tells of the two dashes when npm took the option', () => {
    const environment = { npm_config_once: 'true' };
    expect(() => parseOptions([], environment)).toThrow(
      'npm kept --once for itself; write: npm run local -- --once',
    );
  });
});
