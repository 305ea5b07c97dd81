/** The command line, in a checkout: `npm run tokens -- <command>`. */
import { refuseOptionsThatNpmTook, UsageError } from './command-line.ts';

try {
  const options = ['account', 'json', 'profile', 'region', 'stack', 'watch'];
  refuseOptionsThatNpmTook('tokens', options, process.env);
  await import('../cli/main.ts');
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
