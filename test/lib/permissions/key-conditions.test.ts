import { App, Stack } from 'aws-cdk-lib';
import { expect, it } from 'vitest';
import { usedThrough } from '../../../lib/permissions/key-conditions.ts';

it("a key is used through the service under amazonaws.com or the partition's own domain", () => {
  const stack = new Stack(new App(), 'Stack', { env: { region: 'cn-north-1' } });
  expect(stack.resolve(usedThrough(stack, 'ssm', ['arn']))).toMatchObject({
    StringEquals: {
      'kms:ViaService': [
        'ssm.cn-north-1.amazonaws.com',
        { 'Fn::Join': ['', ['ssm.cn-north-1.', { Ref: 'AWS::URLSuffix' }]] },
      ],
    },
  });
});
