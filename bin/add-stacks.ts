import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { stackName } from '../contract/names.ts';
import { parseEnvironments } from '../lib/settings/parse.ts';
import type { EnvironmentSettings } from '../lib/settings/settings.ts';
import { TokenRefresherStack } from '../lib/token-refresher-stack.ts';

/**
 * Adds a stack for each environment. Synth fails where one breaks a rule of cdk-nag's AWS Solutions pack and the code does
 * not say why: here and not in the constructs, so that the package needs no cdk-nag.
 */
export function addStacks(app: App, environments: readonly EnvironmentSettings[]): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  for (const environment of parseEnvironments(environments)) {
    new TokenRefresherStack(app, stackName(environment.name), environment);
  }
}
