import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { findSecrets, MADE_UP } from '../../scripts/find-secrets.ts';
import { jwt } from '../lambda/tokens.ts';

const random = (bytes: number): string => randomBytes(bytes).toString('base64url');
const digits = (text: string): string => `7${text.slice(1, 5)}4${text.slice(6, 12)}9${text.slice(13)}`;

/** Made while the test runs: this file must hold none. */
const SECRETS: Readonly<Record<string, () => string>> = {
  'a JSON Web Token': () => `const example = '${jwt({ iat: 1000, exp: 2800, sub: 'someone' })}';`,
  'a private key': () =>
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  'an AWS access key id': () => `AWS_ACCESS_KEY_ID=AKIA${'Q3EG7X2NBMZ5TV4K'}`,
  'a GitHub token': () => `https://x:ghp_${'a1B2'.repeat(9)}@github.com`,
  'a password': () => `"password": "${digits(random(24))}"`,
  'an access token': () => `export ACCESS_TOKEN=${digits(random(32))}`,
  'an Authorization header': () => `-H 'Authorization: Bearer ${digits(random(32))}'`,
};

describe('the secret scan', () => {
  it.each(Object.entries(SECRETS))('finds %s, and says where but not what', (_, make) => {
    const secret = make();
    const findings = findSecrets(`first line\n${secret}\nlast line`);
    expect(findings).toMatchObject([{ line: 2 }]);
    expect(secret).not.toContain(findings[0]?.kind);
  });

  it.each([
    "const token = await client.getToken('payments-api');",
    "credentialsSecretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:payments-AbCdEf',",
    'token: /token-refresher/production/payments-api/access-token',
    '-----BEGIN PRIVATE KEY-----',
    `"password": "correct horse battery staple"`,
    'TOKEN_REFRESHER_DEAD_LETTER_QUEUE_URL',
  ])('lets pass: %s', (line) => {
    expect(findSecrets(line)).toEqual([]);
  });

  it('lets pass what is marked as made up', () => {
    expect(findSecrets(`"password": "${digits(random(24))}" // ${MADE_UP}`)).toEqual([]);
  });
});
