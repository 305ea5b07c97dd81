import type { CheckedToken } from './check-token.ts';
import { SettingError } from './setting-error.ts';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const MOST_IN_TEMPLATE = 500;

/** At most: where permissions are split into many policies, with the resource that tells AWS the version of the CDK. */
const OF_ENVIRONMENT = 43;

/** A schedule, a rule and three alarms. */
const OF_TOKEN = 5;

/**
 * The most tokens that there may be fit into a template, but not with readers for all. The CDK would refuse that as well,
 * and say only of which types there are how many.
 *
 * @throws SettingError
 */
export function checkReaders(environment: string, tokens: readonly CheckedToken[]): void {
  const secrets = tokens.filter(({ credentialsSecretArn }) => credentialsSecretArn === undefined).length;
  const readers = tokens.filter(({ readerPolicy }) => readerPolicy).length;
  const most = MOST_IN_TEMPLATE - OF_ENVIRONMENT - tokens.length * OF_TOKEN - secrets;
  if (readers <= most) return;
  const rule =
    `must be true for at most ${most} of ${tokens.length} tokens, since a template holds ${MOST_IN_TEMPLATE} resources: ` +
    'for the others, copy the policy in docs/security.md';
  throw new SettingError({ environment, setting: 'readerPolicy' }, rule, `${readers}`);
}
