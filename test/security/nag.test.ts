import type { App, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import { addStacks } from '../../bin/add-stacks.ts';
import { stackName } from '../../contract/names.ts';
import { environments } from '../../environments.ts';
import type { EnvironmentSettings } from '../../lib/settings/settings.ts';
import { messageOf } from '../lib/settings/verdict.ts';
import { inQuickApp, manyTokens, NETWORK, payments } from '../lib/synth.ts';

const PLACE = { account: '111122223333', region: 'eu-central-1' };
const KEY = `arn:aws:kms:${PLACE.region}:${PLACE.account}:key/99999999-12ab-34cd-56ef-1234567890ab`;
const SECRET = `arn:aws:secretsmanager:${PLACE.region}:${PLACE.account}:secret:payments-AbCdEf`;
const NAME = 'sandbox';

/** What a synth of such an environment says, as `npx cdk synth` would. */
const verdictOf = (
  settings: Partial<EnvironmentSettings>,
  change: (app: App) => void = () => undefined,
): string =>
  inQuickApp((app) => {
    addStacks(app, [{ name: NAME, alarmEmail: 'team@example.com', tokens: [payments], ...settings }]);
    change(app);
    return messageOf(() => app.synth());
  });

const CASES: readonly { what: string; settings: Partial<EnvironmentSettings> }[] = [
  { what: 'a sandbox', settings: {} },
  {
    what: 'a production with a reader',
    settings: { production: true, tokens: [{ ...payments, readerPolicy: true }] },
  },
  { what: '21 tokens', settings: { tokens: manyTokens(21) } },
  { what: '70 tokens', settings: { tokens: manyTokens(70) } },
  { what: 'an existing key', settings: { keyArn: KEY } },
  { what: 'the keys of AWS', settings: { keyArn: 'aws-managed' } },
  {
    what: 'an existing secret',
    settings: { tokens: [{ ...payments, credentialsSecretArn: SECRET, credentialsKeyArn: KEY }] },
  },
  {
    what: 'a VPC',
    settings: {
      network: NETWORK,
    },
  },
  { what: 'no requests of consumers', settings: { consumerRequests: false } },
];

describe('cdk-nag, AWS Solutions, finds nothing at synth that is not acknowledged with a reason', () => {
  it('in the environments of the project', () => {
    const verdict = inQuickApp((app) => {
      addStacks(app, environments);
      return messageOf(() => app.synth());
    });
    expect(verdict).toBe('accepted');
  });

  it.each(CASES)('in $what, with or without account and Region', ({ settings }) => {
    expect(verdictOf(settings)).toBe('accepted');
    expect(verdictOf({ ...settings, ...PLACE })).toBe('accepted');
  });

  it('and it does look: a bucket that anyone may read by http is found', () => {
    const bucket = (app: App) => new Bucket(app.node.findChild(stackName(NAME)) as Stack, 'Bucket');
    expect(verdictOf({}, bucket)).toContain('AwsSolutions-S10');
  });
});
