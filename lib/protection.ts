import { Annotations, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Warns if the stack of a production environment has no termination protection. For a nested stack, the outermost counts. */
export function warnIfUnprotected(scope: Construct): void {
  let stack = Stack.of(scope);
  while (stack.nestedStackParent !== undefined) stack = stack.nestedStackParent;
  if (stack.terminationProtection) return;
  Annotations.of(scope).addWarningV2(
    'token-refresher:not-protected',
    `Production can be deleted by mistake: set terminationProtection on the stack ${stack.stackName}`,
  );
}
