import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  awsEnvironment,
  isolateThisProcess,
  toolEnvironment,
  withoutAws,
} from '../../local/clean-environment.ts';

const ENDPOINT = 'http://127.0.0.1:4566';

/** A shell that is set up for a real account. */
const REAL_ACCOUNT = {
  PATH: '/usr/bin',
  HOME: '/home/someone',
  AWS_PROFILE: 'production',
  AWS_ACCESS_KEY_ID: 'AKIAREAL',
  AWS_SESSION_TOKEN: 'real',
  AWS_ENDPOINT_URL_SSM: 'https://ssm.eu-central-1.amazonaws.com',
  Aws_Region: 'eu-central-1',
  CDK_DEFAULT_ACCOUNT: '123456789012',
  HTTPS_PROXY: 'http://proxy:3128',
  NODE_OPTIONS: '--require ./spy.js',
  PIP_INDEX_URL: 'https://pypi.example.com/simple',
};

describe('the environment of tools', () => {
  it('inherits nothing that could lead to a real account', () => {
    const environment = { ...toolEnvironment('/tmp/run', REAL_ACCOUNT), ...awsEnvironment(ENDPOINT) };
    expect(JSON.stringify(environment)).not.toMatch(
      /production|REAL|real|eu-central-1|1234|proxy:|spy|someone/,
    );
    expect(environment).toMatchObject({
      AWS_ENDPOINT_URL: ENDPOINT,
      AWS_ENDPOINT_URL_S3: ENDPOINT,
      AWS_REGION: 'us-east-1',
      HOME: '/tmp/run',
      TMPDIR: '/tmp/run',
    });
  });

  it('puts this very Node.js first', () => {
    const [first] = (toolEnvironment('/tmp/run', REAL_ACCOUNT).PATH ?? '').split(':');
    expect(process.execPath).toBe(`${first}/node`);
  });
});

describe('the environment of pip', () => {
  it('keeps proxy and package index, and nothing of AWS', () => {
    const kept = withoutAws(REAL_ACCOUNT);
    expect(kept).toMatchObject({
      HTTPS_PROXY: REAL_ACCOUNT.HTTPS_PROXY,
      PIP_INDEX_URL: REAL_ACCOUNT.PIP_INDEX_URL,
    });
    expect(Object.keys(kept).filter((name) => /^aws/i.test(name))).toEqual([]);
  });
});

describe('this process', () => {
  const before = { ...process.env };
  beforeEach(() => Object.assign(process.env, REAL_ACCOUNT));
  afterEach(() => {
    for (const name of Object.keys(process.env)) delete process.env[name];
    Object.assign(process.env, before);
  });

  it('forgets AWS settings and profiles', () => {
    isolateThisProcess();
    const aws = Object.fromEntries(Object.entries(process.env).filter(([name]) => /^aws/i.test(name)));
    expect(aws).toEqual({
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
    });
  });
});
