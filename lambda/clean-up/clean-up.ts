import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import type { CleanUpProperties } from '../../contract/clean-up.ts';
import {
  accessTokenParameter,
  ENVIRONMENT_NAME,
  sessionParameter,
  TOKEN_NAME,
} from '../../contract/names.ts';
import { LIMITS, SECOND } from '../../contract/times.ts';
import { type DeleteParameters, NotDeleted } from './delete-parameters.ts';

/**
 * The same in every answer. If it changed, CloudFormation would treat the resource as replaced and ask for the deletion of
 * the old one.
 */
export const PHYSICAL_ID = 'token-refresher-clean-up';

export interface CleanUpDeps {
  readonly deleteParameters: DeleteParameters;
  /** Rejects when the signal aborts. Default: a real wait. */
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Deletes the parameters of removed tokens, twice: a run of the function that was in progress the first time may write once
 * more, and has ended one function timeout later.
 *
 * @returns the names of the parameters that are gone.
 * @throws NotDeleted
 */
export async function cleanUp(
  event: CloudFormationCustomResourceEvent,
  { deleteParameters, wait = realWait }: CleanUpDeps,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const names = parametersToDelete(event);
  if (names.length === 0) return names;
  await deleteParameters(names, signal);
  await wait(LIMITS.functionTimeoutSeconds * SECOND, signal).catch(() => {
    throw new NotDeleted('no time was left to look a second time', names);
  });
  await deleteParameters(names, signal);
  return names;
}

/** @throws Error if the properties are not those of this custom resource. */
export function parametersToDelete(event: CloudFormationCustomResourceEvent): readonly string[] {
  switch (event.RequestType) {
    case 'Create':
      return [];
    case 'Update': {
      const kept = parametersOf(event.ResourceProperties);
      return parametersOf(event.OldResourceProperties).filter((name) => !kept.includes(name));
    }
    case 'Delete':
      // Another id belongs to a creation that failed: existing parameters are not this resource's.
      return event.PhysicalResourceId === PHYSICAL_ID ? parametersOf(event.ResourceProperties) : [];
  }
}

function parametersOf(properties: unknown): readonly string[] {
  const { Environment, Tokens } = checked(properties);
  return Tokens.flatMap((token) => [
    accessTokenParameter(Environment, token),
    sessionParameter(Environment, token),
  ]);
}

function checked(properties: unknown): CleanUpProperties {
  const { Environment, Tokens }: { Environment?: unknown; Tokens?: unknown } = Object(properties);
  if (!isName(Environment, ENVIRONMENT_NAME)) throw new Error('Environment is no name of an environment');
  if (!Array.isArray(Tokens) || !Tokens.every((token) => isName(token, TOKEN_NAME))) {
    throw new Error('Tokens is no list of names of tokens');
  }
  return { Environment, Tokens };
}

const isName = (value: unknown, pattern: RegExp): value is string =>
  typeof value === 'string' && pattern.test(value);

const realWait = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  sleep(milliseconds, undefined, { signal });
