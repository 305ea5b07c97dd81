import { App } from 'aws-cdk-lib';
import { addStacks } from './add-stacks.ts';
import { mistakesIn } from './mistakes.ts';

try {
  const { environments } = await import('../environments.ts');
  addStacks(new App(), environments);
} catch (error) {
  const mistakes = mistakesIn(error);
  if (mistakes === undefined) throw error;
  // They say it all; a stack trace would only hide them.
  console.error(mistakes);
  process.exitCode = 1;
}
