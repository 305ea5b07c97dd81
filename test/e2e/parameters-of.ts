import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeParametersCommand, type ParameterMetadata, SSMClient } from '@aws-sdk/client-ssm';
import { expect } from 'vitest';
import { accessTokenParameter, parameterPath, sessionParameter } from '../../contract/names.ts';
import { clientConfig } from '../../local/clean-environment.ts';

const SEEN_WITHIN_SECONDS = 60;
const POLL_MS = 250;

/** Looks again and again, for a minute at most; whether it holds then is for the caller to expect. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + SEEN_WITHIN_SECONDS * 1000;
  while (Date.now() < deadline && !(await holds())) await sleep(POLL_MS);
}

export interface Parameters {
  list(): Promise<readonly ParameterMetadata[]>;
  /** Fails unless exactly the parameters of these tokens exist. */
  areThoseOf(...tokens: string[]): Promise<void>;
  /** The same, but waits for them. */
  becomeThoseOf(...tokens: string[]): Promise<void>;
}

/** The parameters of an environment on a local AWS. */
export function parametersOf(endpoint: string, environment: string): Parameters {
  const ssm = new SSMClient(clientConfig(endpoint));
  const list = async () => {
    const { Parameters = [] } = await ssm.send(new DescribeParametersCommand({}));
    return Parameters.filter(({ Name = '' }) => Name.startsWith(parameterPath(environment)));
  };
  const names = async () => (await list()).map(({ Name }) => Name).sort();
  const namesOf = (tokens: readonly string[]) =>
    tokens
      .flatMap((token) => [accessTokenParameter(environment, token), sessionParameter(environment, token)])
      .sort();
  const areThoseOf = async (...tokens: string[]) => expect(await names()).toEqual(namesOf(tokens));
  return {
    list,
    areThoseOf,
    async becomeThoseOf(...tokens) {
      await until(async () => String(await names()) === String(namesOf(tokens)));
      await areThoseOf(...tokens);
    },
  };
}
