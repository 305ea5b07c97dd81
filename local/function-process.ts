import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Environment } from './clean-environment.ts';
import type { Processes } from './processes.ts';

const HOST = join(import.meta.dirname, 'function-host.ts');

/** To the process that hosts the function. */
export interface Invocation {
  readonly id: string;
  readonly event: SQSEvent;
}

/** From it. */
export interface InvocationResult {
  readonly id: string;
  readonly response?: SQSBatchResponse;
  readonly error?: string;
}

export interface FunctionProcessOptions {
  readonly processes: Processes;
  /** Folder with the bundle and its settings file. */
  readonly code: string;
  readonly env: Environment;
}

/** A function in a process of its own, as Lambda would run it: its environment, its log, and one invocation at a time. */
export async function startFunction({ processes, code, env }: FunctionProcessOptions) {
  const args = [HOST, join(code, 'index.mjs')];
  const host = processes.start({ file: process.execPath, args, env, cwd: code, ipc: true });
  const waiting = new Map<string, PromiseWithResolvers<SQSBatchResponse>>();
  const ready = once(host.child, 'message');
  const gone = host.ended.then((code): never => {
    throw new Error(`the function's process ended with ${code}:\n${host.output()}`);
  });
  gone.catch(() => {});
  await Promise.race([ready, gone]);
  let logLines: string[] = [];
  // Warnings and errors go to stderr, and into the same log.
  for (const input of [host.child.stdout, host.child.stderr]) {
    if (input !== null) createInterface({ input }).on('line', (line) => logLines.push(line));
  }
  host.child.on('message', ({ id, response, error }: InvocationResult) => {
    const invocation = waiting.get(id);
    if (response === undefined) invocation?.reject(new Error(error));
    else invocation?.resolve(response);
    waiting.delete(id);
  });

  return {
    /** Lines of its log that are new since the last call. */
    newLogLines(): string[] {
      const lines = logLines;
      logLines = [];
      return lines;
    },
    async invoke(event: SQSEvent): Promise<SQSBatchResponse> {
      const invocation: Invocation = { id: randomUUID(), event };
      const result = Promise.withResolvers<SQSBatchResponse>();
      waiting.set(invocation.id, result);
      host.child.send(invocation);
      return Promise.race([result.promise, gone]);
    },
  };
}
