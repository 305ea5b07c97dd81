import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stackName } from '../../contract/names.ts';
import type { EnvironmentSettings } from '../../lib/settings/settings.ts';
import { Aws } from '../aws/aws.ts';
import { identity } from '../aws/identity.ts';
import { findKey } from '../aws/key.ts';
import { findSecret } from '../aws/secret.ts';
import { ENVIRONMENTS_FILE } from '../environments-file.ts';
import { badInput, Failure } from '../failure.ts';
import type { Session } from '../session.ts';
import { whatStays } from '../what-stays.ts';

const CDK = 'node_modules/aws-cdk/bin/cdk';

/**
 * Destroys an environment of this checkout by `cdk destroy`, after telling what a production environment leaves: `cdk destroy`
 * itself names no ARN.
 *
 * @param cdkOptions are handed on
 * @returns the exit code of `cdk destroy`
 */
export async function destroy(
  session: Session,
  name: string,
  cdkOptions: readonly string[],
): Promise<number> {
  const { screen, options } = session;
  const environment = await environmentOf(name);
  const stack = stackName(name);
  await tellWhatStays(session, environment, stack);
  const profile = options.profile === undefined ? [] : ['--profile', options.profile];
  screen.note(`npx cdk destroy ${[stack, ...cdkOptions].join(' ')}`);
  const args = [resolve(CDK), 'destroy', stack, ...cdkOptions, ...profile];
  return spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1;
}

/** Not validated, because an environment with wrong settings can be destroyed too. */
async function environmentOf(name: string): Promise<EnvironmentSettings> {
  const file = resolve(ENVIRONMENTS_FILE);
  if (!existsSync(file) || !existsSync(resolve(CDK))) {
    throw badInput(
      `There is no ${ENVIRONMENTS_FILE} with the CDK here.`,
      'In an own CDK app: npx cdk destroy. Access tokens go with the stack; a production environment keeps its credentials.',
    );
  }
  const { environments }: { environments: readonly EnvironmentSettings[] } = await import(
    pathToFileURL(file).href
  );
  const found = environments.find((environment) => environment.name === name);
  if (found !== undefined) return found;
  throw badInput(
    `There is no environment "${name}".`,
    `There are ${environments.map((one) => one.name).join(', ')}.`,
  );
}

async function tellWhatStays({ aws, screen }: Session, environment: EnvironmentSettings, stack: string) {
  // Where `cdk destroy` looks.
  const { region = aws.place.region } = environment;
  const there = new Aws({ ...aws.place, ...(region !== undefined && { region }) }, aws.settings);
  const { lines, missing } = await whatStays(
    environment,
    (secret) => findSecret(there, secret),
    (alias) => findKey(there, alias),
  );
  if (missing.length > 0) {
    const { account, region: found } = await identity(there);
    throw new Failure(
      `Nothing was destroyed: in account ${account}, ${found}, there is nothing named\n${missing.map((one) => `  ${one}`).join('\n')}`,
      {
        remedy: `Is it the right account and Region? Take tokens that were never deployed out of ${ENVIRONMENTS_FILE}; or destroy without seeing what stays: npx cdk destroy ${stack}`,
      },
    );
  }
  if (lines.length === 0) return;
  screen.note(
    `${stack} leaves what these lines name. To deploy it again, put them into ${ENVIRONMENTS_FILE}:\n`,
  );
  for (const line of lines) screen.line(line);
}
