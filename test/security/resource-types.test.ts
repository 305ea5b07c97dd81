import { expect, it } from 'vitest';
import { ROWS } from './permissions-table.ts';
import { ON_EVERYTHING, RESOURCE_TYPES } from './resource-types.ts';

const [ENVIRONMENT, TOKEN] = ['sandbox', 'payments-api'];

/** IAM takes a policy that pairs an action with a resource it does not know, and then denies what it seems to allow. */
const known = (action: string, arn: string): boolean =>
  action in ON_EVERYTHING
    ? arn === '*'
    : RESOURCE_TYPES.some((type) => type.actions.includes(action) && type.arn.test(arn));

it.each(ROWS)('AWS knows such resources: $principal, $actions on $resource', ({ actions, arns }) => {
  const pairs = actions.flatMap((action) => arns(ENVIRONMENT, TOKEN).map((arn) => ({ action, arn })));
  expect(pairs.filter(({ action, arn }) => !known(action, arn))).toEqual([]);
});

it.each([
  ['sqs:SendMessage', '*'],
  ['ssm:DescribeParameters', 'arn:aws:ssm:ap-southeast-2:123456789012:parameter/a'],
  ['logs:GetLogEvents', 'arn:aws:logs:ap-southeast-2:123456789012:log-group:a'],
  ['cloudwatch:DescribeAlarms', 'arn:aws:cloudwatch:ap-southeast-2:123456789012:alarm/a'],
  ['ssm:GetParametersByPath', 'arn:aws:ssm:ap-southeast-2:123456789012:parameter/a'],
])('a wrong pair is found: %s on %s', (action, arn) => {
  expect(known(action, arn)).toBe(false);
});
