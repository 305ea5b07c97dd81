import { describe, expect, it } from 'vitest';
import { type Circumstances, explain } from '../../cli/aws/explain.ts';

const HERE: Circumstances = {
  place: {},
  environment: 'sandbox',
  policy: undefined,
  adoptedSecret: undefined,
};

const error = (name: string, message = '', code?: string): Error =>
  Object.assign(new Error(message), { name, $metadata: {}, ...(code !== undefined && { code }) });

describe('errors of AWS in words', () => {
  it.each([
    [
      'an expired session',
      error('ExpiredTokenException', 'x'),
      'The AWS session has expired.',
      'aws sso login',
    ],
    [
      'an expired SSO login',
      error('CredentialsProviderError', 'The SSO session associated with this profile has expired.'),
      'The AWS session has expired.',
      'aws sso login',
    ],
    [
      'no credentials',
      error('CredentialsProviderError', 'Could not load credentials from any providers'),
      'There are no usable AWS credentials',
      'Say --profile',
    ],
    [
      'wrong credentials',
      error('UnrecognizedClientException'),
      'does not accept these credentials',
      'get-caller-identity',
    ],
    ['no Region', error('Error', 'Region is missing'), 'No AWS Region is set.', '--region'],
    ['a throttle', error('ThrottlingException', 'Rate exceeded'), 'asks for a pause', 'a minute'],
    [
      'no network',
      error('Error', 'getaddrinfo ENOTFOUND', 'ENOTFOUND'),
      'AWS cannot be reached (ENOTFOUND).',
      'network',
    ],
    [
      'a missing permission, before the policy is known',
      error(
        'AccessDenied',
        'User: arn:aws:iam::1:user/me is not authorized to perform: cloudformation:DescribeStacks on resource: x',
      ),
      'arn:aws:iam::1:user/me may not do this: cloudformation:DescribeStacks is missing.',
      'aws iam list-policies --path-prefix /token-refresher/sandbox',
    ],
    [
      "a missing permission, in SQS's small letters",
      error('AccessDenied', 'User: me is not authorized to perform: sqs:sendmessage on resource: x'),
      'sqs:SendMessage is missing.',
      "operators' managed policy",
    ],
    [
      'something else',
      error('InternalError', 'no\u001b[2J luck'),
      'AWS answered InternalError: no [2J luck',
      '',
    ],
  ])('%s', (_, thrown, message, remedy) => {
    const failure = explain(thrown, HERE);
    expect(failure.message).toContain(message);
    expect(failure.remedy ?? '').toContain(remedy);
    expect(failure.exitCode).toBe(1);
  });

  it('that are none are defects, told without their words', () => {
    const failure = explain(new TypeError('hunter2 is not a function'), HERE);
    expect(failure.message).toMatch(
      /^This is a defect of the command line: TypeError at .*explain\.test\.ts/,
    );
    expect(failure.message).not.toContain('hunter2');
  });

  it('of a profile name it', () => {
    const { remedy } = explain(error('ExpiredToken'), { ...HERE, place: { profile: 'ops' } });
    expect(remedy).toContain('aws sso login --profile ops');
  });

  it.each(['ValidationException', 'InvalidParameterException', 'SerializationException'])(
    '%s may quote a secret, so its words are not told',
    (name) => {
      expect(explain(error(name, "Value 'hunter2' is too long"), HERE).message).toBe(`AWS answered ${name}.`);
    },
  );
});
