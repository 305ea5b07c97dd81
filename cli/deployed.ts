import { ENVIRONMENT_NAME, parameterPath, stackName } from '../contract/names.ts';
import { nearestOf } from '../contract/nearest.ts';
import {
  type DeployedEnvironment,
  type DeployedToken,
  ENVIRONMENT_OUTPUT,
  TOKEN_OUTPUT,
} from '../contract/outputs.ts';
import { identity } from './aws/identity.ts';
import { describeParameters } from './aws/parameters.ts';
import { describeStack, type Output } from './aws/stack.ts';
import { badInput, Failure } from './failure.ts';
import type { Session } from './session.ts';

/** What is deployed of an environment, as the stack's outputs say. */
export interface Deployed extends DeployedEnvironment {
  readonly stack: string;
  readonly account: string;
  readonly region: string;
  readonly tokens: readonly DeployedToken[];
}

/**
 * By one call.
 * @throws {Failure} if there is no such stack, it holds no such environment, or it is in another account than `--account`
 */
export async function findDeployed(session: Session, environment: string): Promise<Deployed> {
  const { options, aws } = session;
  if (!ENVIRONMENT_NAME.test(environment)) {
    throw badInput(
      `"${environment}" cannot be an environment: a lower-case letter, then up to 15 of a-z and 0-9.`,
    );
  }
  session.circumstances = { ...session.circumstances, environment };
  const stack = options.stack ?? stackName(environment);
  const described = await describeStack(aws, stack);
  if (described === undefined) throw await notDeployed(session, { environment, stack });
  const { account, region, outputs, status } = described;
  if (options.account !== undefined && options.account !== account)
    throw wrongAccount(options.account, account);
  const environments = read<DeployedEnvironment>(outputs, ENVIRONMENT_OUTPUT);
  const found = environments.find((candidate) => candidate.environment === environment);
  if (found === undefined) {
    const names = environments.map((candidate) => candidate.environment);
    throw names.length === 0
      ? new Failure(`Stack ${stack} (${status}) does not say what it holds.`, {
          remedy:
            'It failed, holds no token refresher, or was deployed before this version: deploy it again.',
        })
      : badInput(`Stack ${stack} holds ${names.join(', ')}, not ${environment}.`);
  }
  session.circumstances = { ...session.circumstances, policy: found.operatorsPolicy };
  const tokens = read<DeployedToken>(outputs, TOKEN_OUTPUT).filter(
    (token) => token.environment === environment,
  );
  return { ...found, stack, account, region, tokens };
}

const read = <T>(outputs: readonly Output[], beginning: string): T[] =>
  outputs
    .filter(({ description }) => description.startsWith(beginning))
    .map(({ value }): T => JSON.parse(value));

/** @throws {Failure} that names the nearest one */
export function findToken({ environment, tokens }: Deployed, name: string): DeployedToken {
  const found = tokens.find(({ token }) => token === name);
  if (found !== undefined) return found;
  const names = tokens.map(({ token }) => token);
  const nearest = nearestOf(names, name);
  const hint = nearest === undefined ? `It has ${names.join(', ')}.` : `Did you mean ${nearest}?`;
  throw badInput(`${environment} has no token "${name}".`, hint);
}

export const wrongAccount = (expected: string, active: string): Failure =>
  badInput(
    `These AWS credentials are for account ${active}, not ${expected}.`,
    'Say --profile, or set AWS_PROFILE.',
  );

async function notDeployed(
  { aws, options }: Session,
  { environment, stack }: { readonly environment: string; readonly stack: string },
): Promise<Failure> {
  const { account, region, arn } = await identity(aws);
  if (options.account !== undefined && options.account !== account)
    return wrongAccount(options.account, account);
  const others = await environmentsHere(aws).catch(() => []);
  const nearest = nearestOf(others, environment);
  const remedy =
    nearest !== undefined && nearest !== environment
      ? `Did you mean ${nearest}?`
      : others.length > 0
        ? `Here are ${others.join(', ')}. Is it the right account and Region (--profile, --region)? A stack with a name of its own: --stack.`
        : `Deploy it (npx cdk deploy ${stack}), or say where it is: --profile, --region, --stack.`;
  return badInput(`There is no stack ${stack} in account ${account}, Region ${region}, for ${arn}.`, remedy);
}

/** Those that have parameters, as each has whose tokens were ever tried. */
export async function environmentsHere(aws: Session['aws']): Promise<string[]> {
  const [root = ''] = /^\/[^/]+/.exec(parameterPath('any')) ?? [];
  const parameters = await describeParameters(aws, root);
  return [...new Set(parameters.map(({ name }) => name.split('/')[2] ?? ''))].sort();
}
