#!/usr/bin/env node
import { EXIT } from './failure.ts';
import { run } from './run.ts';
import { processWorld } from './world.ts';

let session: { readonly interruption: string } | undefined;
process.once('SIGINT', () => {
  process.stderr.write(`\n${session?.interruption ?? 'Interrupted.'}\n`);
  process.exit(EXIT.interrupted);
});
// The reader of a pipe may end first: `status | head -1`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT.ok);
});
process.exitCode = await run(process.argv.slice(2), processWorld(), (opened) => {
  session = opened;
});
