import { describe, expect, it } from 'vitest';
import { createTokenClient, type TokenClientOptions, TokenError } from '../../client/index.ts';

const REQUIRED = { environment: 'sandbox', token: 'payments-api', ssm: { send: async () => ({}) } };
const QUEUE = 'https://sqs.us-east-1.amazonaws.com/123456789012/token-refresher-sandbox.fifo';

function refusal(options: Record<string, unknown>): string | undefined {
  try {
    createTokenClient({ ...REQUIRED, ...options } as TokenClientOptions);
    return undefined;
  } catch (error) {
    if (error instanceof TokenError && error.code === 'InvalidOption') return error.message;
    throw error;
  }
}

describe('accepted', () => {
  it.each([
    {},
    { environment: 'a', token: 'a'.repeat(30) },
    { maxAgeSeconds: 1 },
    { maxAgeSeconds: 225 },
    { lifetimeSeconds: 1576, maxAgeSeconds: 1 },
    { lifetimeSeconds: 1600 },
    { lifetimeSeconds: 240, intervalSeconds: 60 },
    { pollSeconds: 60, readTimeoutSeconds: 0.1 },
    { refreshRequests: { queueUrl: QUEUE, waitSeconds: 120 } },
    { header: { name: 'X-Tableau-Auth', scheme: '' } },
    { header: { name: 'Authorization', scheme: 'Token' } },
  ])('%o', (options) => {
    expect(refusal(options)).toBeUndefined();
  });
});

describe('refused', () => {
  it.each([
    [{ environment: 'Sandbox' }, 'environment matches ^[a-z][a-z0-9]{0,15}$, got "Sandbox"'],
    [{ environment: undefined }, 'environment matches'],
    [{ token: 'payments_api' }, 'token matches'],
    [{ token: 'a'.repeat(31) }, 'token has at most 30 characters'],
    [{ maxAgeSeconds: 0 }, 'maxAgeSeconds is a number from 1 to 225, got 0'],
    [{ maxAgeSeconds: 226 }, 'maxAgeSeconds is a number from 1 to 225, got 226'],
    [{ maxAgeSeconds: '60' }, 'got "60"'],
    [{ maxAgeSeconds: Number.NaN }, 'maxAgeSeconds is a number'],
    [{ lifetimeSeconds: 1575 }, 'lifetimeSeconds is more than intervalSeconds (1500) + 75, got 1575'],
    [{ lifetimeSeconds: 59 }, 'lifetimeSeconds is a number from 60'],
    [{ intervalSeconds: 43_201 }, 'intervalSeconds is a number from 60 to 43200'],
    [{ pollSeconds: 0.5 }, 'pollSeconds is a number from 1 to 60'],
    [{ readTimeoutSeconds: 61 }, 'readTimeoutSeconds is a number from 0.1 to 60'],
    [{ maxAge: 60 }, 'there is no option maxAge'],
    [
      { header: { name: 'X Key', scheme: '' } },
      'header.name is the name of an HTTP header for a token, got "X Key"',
    ],
    [{ header: { name: 'Host', scheme: '' } }, 'header.name is the name'],
    [{ header: { name: 'Content-Type', scheme: '' } }, 'header.name is the name'],
    [{ header: { scheme: '' } }, 'header.name is the name'],
    [{ header: { name: 'X-Key', scheme: 'a\r\nb' } }, 'header.scheme is visible ASCII, or empty'],
    [{ header: { name: 'X-Key' } }, 'header.scheme is visible ASCII'],
    [{ header: { name: 'X-Key', scheme: '', value: 'x' } }, 'there is no option header.value'],
    [{ ssmConfig: {} }, 'give ssm or ssmConfig, not both'],
    [
      { refreshRequests: { queueUrl: 'token-refresher-sandbox.fifo' } },
      'refreshRequests.queueUrl is the URL',
    ],
    [{ refreshRequests: { queueUrl: QUEUE, wait: 1 } }, 'there is no option refreshRequests.wait'],
    [{ refreshRequests: { queueUrl: QUEUE, waitSeconds: 121 } }, 'waitSeconds is a number from 1 to 120'],
    [{ refreshRequests: { queueUrl: QUEUE, sqs: {}, sqsConfig: {} } }, 'give sqs or sqsConfig, not both'],
  ])('%o', (options, message) => {
    expect(refusal(options)).toContain(message);
  });
});
