import { expect, it } from 'vitest';
import { type DescribedSecret, whatStays } from '../../cli/what-stays.ts';
import type { EnvironmentSettings } from '../../lib/settings/settings.ts';

const PLACE = 'eu-central-1:111122223333';
const KEY = `arn:aws:kms:${PLACE}:key/99999999-12ab-34cd-56ef-1234567890ab`;
const secretOf = (token: string) =>
  `arn:aws:secretsmanager:${PLACE}:secret:token-refresher/production/${token}/credentials-AbCdEf`;

const environment: EnvironmentSettings = {
  name: 'production',
  production: true,
  tokens: ['payments-api', 'shipping-api'].map((name) => ({ name, baseUrl: 'https://api.example.com' })),
};

/** Every secret exists, by the name that the stack gives it, and the alias. */
const existing = (secret: Partial<DescribedSecret> = {}) => {
  const names: string[] = [];
  const describe = async (name: string): Promise<DescribedSecret> => {
    names.push(name);
    return { arn: secretOf(name.split('/')[2] ?? ''), kmsKeyId: KEY, ...secret };
  };
  const findKey = async (alias: string): Promise<string> => {
    names.push(alias);
    return KEY;
  };
  return { describe, findKey, names };
};

/** Every secret is somebody else's. */
const adopted: EnvironmentSettings = {
  ...environment,
  tokens: environment.tokens.map((token) => ({ ...token, credentialsSecretArn: secretOf('others') })),
};

it('of production: the key, and the secret of each token with its key', async () => {
  const { describe, findKey, names } = existing();
  const { lines, missing } = await whatStays(environment, describe, findKey);
  expect(lines).toEqual([
    'production:',
    `  keyArn: '${KEY}',`,
    'production, payments-api:',
    `  credentialsSecretArn: '${secretOf('payments-api')}',`,
    `  credentialsKeyArn: '${KEY}',`,
    'production, shipping-api:',
    `  credentialsSecretArn: '${secretOf('shipping-api')}',`,
    `  credentialsKeyArn: '${KEY}',`,
  ]);
  expect(missing).toEqual([]);
  expect(names).toEqual([
    'token-refresher/production/payments-api/credentials',
    'token-refresher/production/shipping-api/credentials',
  ]);
});

it('makes an ARN of the id of a key', async () => {
  const { describe, findKey } = existing({ kmsKeyId: '99999999-12ab-34cd-56ef-1234567890ab' });
  expect((await whatStays(environment, describe, findKey)).lines).toContain(`  keyArn: '${KEY}',`);
});

it('names no key where the one of AWS is used', async () => {
  const { describe, findKey } = existing({ kmsKeyId: undefined });
  const { lines } = await whatStays({ ...environment, keyArn: 'aws-managed' }, describe, findKey);
  expect(lines.join('\n')).not.toMatch(/keyArn/i);
  expect(lines).toContain(`  credentialsSecretArn: '${secretOf('payments-api')}',`);
});

it('leaves out what environments.ts names already', async () => {
  const { describe, findKey } = existing();
  const [first, second] = environment.tokens;
  expect(await whatStays({ ...adopted, keyArn: KEY }, describe, findKey)).toEqual({ lines: [], missing: [] });
  const half = {
    ...environment,
    keyArn: KEY,
    tokens: [{ ...first, credentialsSecretArn: secretOf('a') }, second],
  } as EnvironmentSettings;
  expect((await whatStays(half, describe, findKey)).lines).toEqual([
    'production, shipping-api:',
    `  credentialsSecretArn: '${secretOf('shipping-api')}',`,
    `  credentialsKeyArn: '${KEY}',`,
  ]);
});

it('names the secrets that do not exist, beside what stays of the others', async () => {
  const { describe, findKey } = existing();
  const { lines, missing } = await whatStays(
    environment,
    async (name) => (name.includes('shipping') ? undefined : describe(name)),
    findKey,
  );
  expect(missing).toEqual(['token-refresher/production/shipping-api/credentials']);
  expect(lines).toContain(`  credentialsSecretArn: '${secretOf('payments-api')}',`);
});

it('takes secrets of another account for missing', async () => {
  const { describe, findKey } = existing();
  expect(await whatStays({ ...environment, account: '111122223333' }, describe, findKey)).toMatchObject({
    missing: [],
  });
  expect(await whatStays({ ...environment, account: '444455556666' }, describe, findKey)).toEqual({
    lines: [],
    missing: [
      'token-refresher/production/payments-api/credentials',
      'token-refresher/production/shipping-api/credentials',
    ],
  });
});

it('of production whose secrets are all adopted: the key, by its alias', async () => {
  const { describe, findKey, names } = existing();
  expect(await whatStays(adopted, describe, findKey)).toEqual({
    lines: ['production:', `  keyArn: '${KEY}',`],
    missing: [],
  });
  expect(names).toEqual(['alias/token-refresher/production']);
});

it.each([
  { what: 'that does not exist', key: undefined },
  { what: 'of another account', key: KEY.replace('111122223333', '444455556666') },
])('takes an alias $what for missing', async ({ key }) => {
  const { describe } = existing();
  const settings = { ...adopted, account: '111122223333' };
  expect(await whatStays(settings, describe, async () => key)).toEqual({
    lines: [],
    missing: ['alias/token-refresher/production'],
  });
});

it('nothing stays of another environment, and nobody is asked', async () => {
  const { describe, findKey, names } = existing();
  expect(await whatStays({ ...environment, production: false }, describe, findKey)).toEqual({
    lines: [],
    missing: [],
  });
  expect(names).toEqual([]);
});
