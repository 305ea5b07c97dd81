import { Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import type { TokenRefresherStackProps } from '../../lib/token-refresher-stack.ts';
import { inQuickApp, manyTokens, payments, stackOf } from '../lib/synth.ts';
import { messageOf } from '../lib/verdict.ts';

const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/99999999-12ab-34cd-56ef-1234567890ab';

describe('cdk-nag, AWS Solutions, finds nothing that is not acknowledged with a reason', () => {
  it.each<{ what: string; props: Partial<TokenRefresherStackProps> }>([
    { what: 'a sandbox', props: {} },
    {
      what: 'a production with a reader',
      props: { production: true, tokens: [{ ...payments, readerPolicy: true }] },
    },
    { what: '21 tokens', props: { tokens: manyTokens(21) } },
    { what: '70 tokens', props: { tokens: manyTokens(70) } },
    { what: 'an existing key', props: { keyArn: KEY } },
    { what: 'the keys of AWS', props: { keyArn: 'aws-managed' } },
    {
      what: 'a VPC',
      props: {
        network: { subnetIds: ['subnet-0123456789abcdef0'], securityGroupIds: ['sg-0123456789abcdef0'] },
      },
    },
    { what: 'no requests of consumers', props: { consumerRequests: false } },
  ])('in $what', ({ props }) => {
    const verdict = inQuickApp((app) => {
      stackOf(props, app);
      Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
      return messageOf(() => app.synth());
    });
    expect(verdict).toBe('accepted');
  });

  it('and it does look: a bucket that anyone may read by http is found', () => {
    const verdict = inQuickApp((app) => {
      new Bucket(stackOf({}, app), 'Bucket');
      Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
      return messageOf(() => app.synth());
    });
    expect(verdict).not.toBe('accepted');
  });
});
