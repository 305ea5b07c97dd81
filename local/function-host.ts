/** Loads the function's bundle, named by the argument, and runs it for each event that comes from the parent process. */
import { pathToFileURL } from 'node:url';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Invocation, InvocationResult } from './function-process.ts';

interface FunctionModule {
  handler(event: SQSEvent): Promise<SQSBatchResponse>;
}

const bundle = process.argv[2] ?? '';
const { handler }: FunctionModule = await import(pathToFileURL(bundle).href);

process.on('message', async ({ id, event }: Invocation) => {
  const answer = (result: InvocationResult) => process.send?.(result);
  try {
    answer({ id, response: await handler(event) });
  } catch (error) {
    // Lambda, too, puts it into the log.
    console.log('Invoke Error', error);
    answer({ id, error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });
  }
});
// Without its parent nobody would end it.
process.on('disconnect', () => process.exit());
process.send?.('ready');
