import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import type { TokenRefresherStackProps } from '../../../lib/token-refresher-stack.ts';
import { inQuickApp, NETWORK, payments, stackOf } from '../synth.ts';

/** What synthesis says of a base URL. */
const warningsOf = (baseUrl: string, props: Partial<TokenRefresherStackProps> = {}): unknown[] =>
  inQuickApp((app) =>
    Annotations.fromStack(stackOf({ tokens: [{ ...payments, baseUrl }], ...props }, app))
      .findWarning('*', Match.stringLikeRegexp('token API of'))
      .map(({ entry }) => entry.data),
  );

describe('a base URL', () => {
  it.each([
    ['https://api.example.com/auth/token', '/auth/token'],
    ['https://api.example.com/v1/auth/token/', '/auth/token'],
    ['https://api.example.com/auth/token/refresh', '/auth/token/refresh'],
  ])('that names the request itself is warned of: %s', (baseUrl, ending) => {
    expect(warningsOf(baseUrl)).toEqual([
      expect.stringContaining(
        `The token API of payments-api has a base URL that ends in ${ending}, and the refresher adds /auth/token itself`,
      ),
    ]);
  });

  const PRIVATE = [
    ...[
      '10.0.0.1',
      '10.255.255.255',
      '127.0.0.1',
      '127.1',
      '169.254.169.254',
      '172.16.0.1',
      '172.31.255.255',
    ],
    ...[
      '192.168.1.1',
      '0xc0a80101',
      '[::1]',
      '[::ffff:10.0.0.1]',
      '100.64.0.1',
      '198.18.0.1',
      '0.0.0.0',
      '[fc00::1]',
      '[fdff::1]',
      '[fe80::1]',
      '[febf::1]',
      'localhost',
    ],
    ...['api.localhost', 'api', 'api.', 'api.corp.internal', 'printer.local', 'API.INTERNAL.'],
  ];

  it.each(PRIVATE)('on a private address, with the function in no VPC, is warned of: %s', (host) => {
    expect(warningsOf(`https://${host}:8443/v1`)).toEqual([
      expect.stringContaining('The token API of payments-api is on a private address'),
    ]);
  });

  it.each(['10.0.0.1', 'api.corp.internal'])('on a private address is not with a network: %s', (host) => {
    expect(warningsOf(`https://${host}`, { network: NETWORK })).toEqual([]);
  });

  it('on a private address is not in the local run', () => {
    expect(warningsOf('http://127.0.0.1:8080', { local: true, account: '000000000000' })).toEqual([]);
  });

  const PUBLIC = [
    ...[
      'api.example.com',
      '10.example.com',
      'localhost.example.com',
      'internal.example.com',
      '9.255.255.255',
      '11.0.0.0',
    ],
    ...[
      '172.15.255.255',
      '172.32.0.0',
      '192.167.255.255',
      '169.253.0.1',
      '128.0.0.1',
      '[2001:db8::1]',
      '[::2]',
      '[fe00::1]',
    ],
  ];

  it.each(PUBLIC)('on any other address is not: %s', (host) => {
    expect(warningsOf(`https://${host}/v1/auth/tokens`)).toEqual([]);
  });
});
