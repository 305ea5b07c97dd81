import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Acknowledges that a rule of cdk-nag's AWS Solutions pack is broken on purpose. Has no effect without cdk-nag.
 *
 * @param rule such as `SMG4`.
 * @param reason a whole sentence, for whoever reviews the stack.
 * @see https://github.com/cdklabs/cdk-nag/blob/main/RULES.md
 */
export function acknowledge(construct: IConstruct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: `AwsSolutions-${rule}`, reason });
}

/**
 * Acknowledges the patterns of a policy one by one, so that any other pattern is still reported.
 *
 * @param patterns ARNs that are allowed to hold `*`.
 */
export function acknowledgePatterns(
  construct: IConstruct,
  patterns: readonly string[],
  reason: string,
): void {
  for (const pattern of patterns) {
    const shown = asShown(Stack.of(construct).resolve(pattern));
    acknowledge(construct, `IAM5[Resource::${shown}]`, reason);
  }
}

/** References in the way that cdk-nag writes them: `arn:<AWS::Partition>:sqs:…`. */
function asShown(resolved: unknown): string {
  if (typeof resolved !== 'object' || resolved === null) return String(resolved);
  const [[key, value] = []] = Object.entries(resolved);
  if (key === 'Ref') return `<${value}>`;
  if (key === 'Fn::Join') return value[1].map(asShown).join(value[0]);
  return JSON.stringify(resolved);
}
