import { type App, NestedStack, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import type { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { TokenRefresher } from '../../lib/token-refresher.ts';
import { inQuickApp, payments, stackOf } from './synth.ts';

/** How often synthesis says that a stack is not protected. */
const warningsOf = (makeStack: (app: App) => Stack): number =>
  inQuickApp((app) => {
    const annotations = Annotations.fromStack(makeStack(app));
    return annotations.findWarning('*', Match.stringLikeRegexp('terminationProtection')).length;
  });

function addProduction(scope: Construct, production = true): void {
  const refresher = new TokenRefresher(scope, 'Refresher', {
    environment: 'production',
    alarmEmail: 'a@b.example',
    production,
  });
  refresher.addToken(payments.name, { baseUrl: payments.baseUrl });
}

describe('production in a stack that may be deleted by mistake', () => {
  it('is warned of', () => {
    const warnings = warningsOf((app) => {
      const stack = new Stack(app, 'Own');
      addProduction(stack);
      return stack;
    });
    expect(warnings).toBe(1);
  });

  it('is not once the stack is protected, be it at last', () => {
    const warnings = warningsOf((app) => {
      const stack = new Stack(app, 'Own');
      addProduction(stack);
      stack.terminationProtection = true;
      return stack;
    });
    expect(warnings).toBe(0);
  });

  it.each([
    { terminationProtection: true, expected: 0 },
    { terminationProtection: false, expected: 1 },
  ])('goes by the outermost stack: %o', ({ terminationProtection, expected }) => {
    const warnings = warningsOf((app) => {
      const stack = new Stack(app, 'Own', { terminationProtection });
      addProduction(new NestedStack(stack, 'Nested'));
      return stack;
    });
    expect(warnings).toBe(expected);
  });

  it('is no matter of other environments, nor of the stack made for one, which is protected', () => {
    const warnings = warningsOf((app) => {
      const stack = new Stack(app, 'Own');
      addProduction(stack, false);
      return stack;
    });
    expect(warnings).toBe(0);
    expect(warningsOf((app) => stackOf({ name: 'production', production: true }, app))).toBe(0);
    expect(warningsOf((app) => stackOf({}, app))).toBe(0);
  });
});
