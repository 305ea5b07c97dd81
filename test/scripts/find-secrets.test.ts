import { createHash, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { findSecrets, MADE_UP } from '../../scripts/find-secrets.ts';
import { jwt } from '../lambda/token-api/tokens.ts';

const VALUES_WITH_A_FORMAT = 300;
/** So many that chance alone cannot make them more than one of a hundred: the worst kind misses three of a thousand. */
const VALUES_WITHOUT_A_FORMAT = 3_000;

/** Characters of a line, as minified code has them. */
const LONG_LINE = 300_000;
/** It takes some hundredths of a second. With steps as many as its square it would take half a minute. */
const LONG_LINE_MS = 10_000;

const LONG_LINES: Readonly<Record<string, string>> = {
  'a word over and over': 'token'.repeat(LONG_LINE / 5),
  'types over and over': 'token: a | '.repeat(LONG_LINE / 10),
  'what may begin a URL': 'a.b-c'.repeat(LONG_LINE / 5),
  'spaces after a word': 'token'.padEnd(LONG_LINE),
  'spaces after a colon': 'token:'.padEnd(LONG_LINE),
  'spaces after a type': 'token: string'.padEnd(LONG_LINE),
};

const base64 = (bytes: number): string => randomBytes(bytes).toString('base64');
const base64url = (bytes: number): string => randomBytes(bytes).toString('base64url');
const hex = (bytes: number): string => randomBytes(bytes).toString('hex');
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const alphanumeric = `${letters}${letters.toLowerCase()}0123456789`;
const drawn = (count: number, alphabet: string): string =>
  Array.from(randomBytes(count), (byte) => alphabet[byte % alphabet.length]).join('');

/** Made while the test runs: this file must hold none. */
const WITH_A_FORMAT: Readonly<Record<string, () => string>> = {
  'a JSON Web Token': () => `const example = '${jwt({ iat: 1000, exp: 2800, sub: hex(8) })}';`,
  'a private key': () =>
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  'an AWS access key id': () => `AWS_ACCESS_KEY_ID=AKIA${drawn(16, `${letters}234567`)}`,
  'an AWS secret access key in a file of credentials': () => `aws_secret_access_key = ${base64(30)}`,
  'an AWS secret access key in the environment': () => `export AWS_SECRET_ACCESS_KEY=${base64(30)}`,
  'an AWS secret access key in code': () => `  secretAccessKey: '${base64(30)}',`,
  "AWS's own example": () => `  "SecretAccessKey": "${'wJalrXUtnFEMI/K7MDENG'}/bPxRfiCYEXAMPLEKEY",`,
  'a GitHub token': () => `git clone https://ghp_${drawn(36, alphanumeric)}@github.com/acme/app`,
  'a Google access token': () => `login('ya29.${base64url(90)}')`,
  'a Stripe key': () => `const stripe = new Stripe('${'sk_live'}_${drawn(24, alphanumeric)}');`,
  'a SendGrid key': () => `mail('SG.${base64url(16)}.${base64url(32)}')`,
  'a password in a URL': () => `fetch('https://robot:${drawn(12, alphanumeric)}@api.acme.io/v1')`,
  'a word as the password in a URL': () => `DATABASE=postgres://robot:${drawn(6, letters)}@10.0.0.7:5432/app`,
};

/** Nothing but their name and their looks tell these. */
const WITHOUT_A_FORMAT: Readonly<Record<string, () => string>> = {
  'a password in JSON': () => `"password": "${base64url(24)}"`,
  'an access token in base64': () => `ACCESS_TOKEN=${base64(32)}`,
  'an access token in three parts': () => `token: ${[18, 6, 20].map(base64url).join('.')}`,
  'a refresh token of 40 hexadecimal digits': () => `refreshToken: '${hex(20)}',`,
  'an access token of 32 hexadecimal digits': () => `accessToken: '${hex(16)}',`,
  'an API key of 20 hexadecimal digits': () => `api_key=${hex(10)}`,
  'a client secret that is a UUID': () => `client_secret: ${randomUUID()}`,
  'an Authorization header': () => `-H 'Authorization: Bearer ${base64url(32)}'`,
  'a password in typed code': () => `const password: string = '${base64url(24)}';`,
  'a token of two types': () => `let paymentsToken: string | undefined = '${hex(20)}'`,
  'an API key in typed Python': () => `api_key: Optional[str] = "${base64url(24)}"`,
  'a password below its name': () => `const password =\n  '${base64url(48)}';`,
  'a token below its name and its type': () => `const token: string =\n  '${hex(32)}';`,
  'a secret below its name in YAML': () => `client_secret:\n  ${base64url(24)}`,
  'a Basic Authorization header': () => `Authorization: Basic ${base64(24)}`,
};

/** Always the same: of those above some look like names. */
const SECRET = createHash('sha256').update('a secret').digest('hex');

const missed = (make: () => string, length: number): string[] =>
  Array.from({ length }, make).filter((text) => findSecrets(text).length === 0);

describe('the secret scan', () => {
  it.each(Object.entries(WITH_A_FORMAT))('finds every one: %s', (_, make) => {
    expect(missed(make, VALUES_WITH_A_FORMAT)).toEqual([]);
  });

  it.each(Object.entries(WITHOUT_A_FORMAT))('misses at most one of a hundred: %s', (_, make) => {
    expect(missed(make, VALUES_WITHOUT_A_FORMAT).length).toBeLessThanOrEqual(VALUES_WITHOUT_A_FORMAT / 100);
  });

  it.each(Object.entries(WITH_A_FORMAT))('says where but not what: %s', (_, make) => {
    const secret = make();
    const findings = findSecrets(`first line\n${secret}\nlast line`);
    expect(findings).toMatchObject([{ line: 2 }]);
    expect(secret).not.toContain(findings[0]?.kind);
  });

  it.each([
    "const token = await client.getToken('payments-api');",
    "credentialsSecretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:payments-AbCdEf',",
    "secret: 'payments/login-AbCdEf-of-this-test',",
    'token: /token-refresher/production/payments-api/access-token',
    'secret secretsmanager:ListSecretVersionIds, secret useAttachedSecretResourcePolicyForSecretTargetAttachments',
    'secrets.updateSecretVersionStage.bind(secrets)',
    '-----BEGIN PRIVATE KEY-----',
    `"password": "correct horse battery staple"`,
    'TOKEN_REFRESHER_DEAD_LETTER_QUEUE_URL',
    'secretAccessKey: DUMMY_CREDENTIALS.secretAccessKey',
    "'https://joe:hunter2@api.example.com/v1'",
    'http://joe:hunter2@localhost:8080',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a line of source.
    '`https://${user}:${password}@api.acme.io`',
    'npm install git+ssh://git@github.com/acme/app',
    'function isToken(value: string): value is Token {',
    'const tokens: readonly CheckedToken[] = checkedTokensOfEnvironment',
    'const token =\n  await client.getAccessTokenOfEnvironment();',
  ])('lets pass: %s', (line) => {
    expect(findSecrets(line)).toEqual([]);
  });

  it.each(['example.com.acme.io', 'latest', 'myexample.com', 'example.community'])(
    'is not deceived by a host that looks like one for examples: %s',
    (host) => {
      expect(findSecrets(`https://joe:${'hunter2'}@${host}`)).toHaveLength(1);
    },
  );

  it('lets pass what is marked as made up', () => {
    expect(findSecrets(`"password": "${base64url(24)}" // ${MADE_UP}`)).toEqual([]);
    expect(findSecrets(`const password =\n  '${base64url(24)}'; // ${MADE_UP}`)).toEqual([]);
  });

  it('finds a secret once, where its name is', () => {
    expect(findSecrets(`credentials:\n  password:\n    ${SECRET}\nend`)).toMatchObject([{ line: 2 }]);
    expect(findSecrets(`credentials:\n  password: ${SECRET}`)).toMatchObject([{ line: 2 }]);
  });

  it.each(Object.entries(LONG_LINES))(
    'takes no time for a long line: %s',
    (_, line) => {
      expect(findSecrets(line)).toEqual([]);
    },
    LONG_LINE_MS,
  );
});
