import { Annotations, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** A construct cannot protect the stack that it is in, which may hold more; for a nested stack, that is the outermost. */
export function warnIfUnprotected(scope: Construct): void {
  let stack = Stack.of(scope);
  while (stack.nestedStackParent !== undefined) stack = stack.nestedStackParent;
  if (stack.terminationProtection) return;
  Annotations.of(scope).addWarningV2(
    'token-refresher:not-protected',
    `Production can be deleted by mistake: set terminationProtection on the stack ${stack.stackName}`,
  );
}
