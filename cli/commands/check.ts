import { stackName } from '../../contract/names.ts';
import { describeStack } from '../aws/stack.ts';
import { checkDeployed } from '../check-deployed.ts';
import { findDeployed } from '../deployed.ts';
import { ENVIRONMENTS_FILE, readEnvironment } from '../environments-file.ts';
import { badInput, EXIT } from '../failure.ts';
import { type Finding, ok, showFindings, warning } from '../findings.ts';
import type { Session } from '../session.ts';

export interface CheckOptions {
  /** Name of the token to log in for. */
  readonly logIn?: string;
  readonly environments?: string;
}

/** Settings and token APIs before a deployment, and after it what is deployed. @returns the exit code: not ok at a failure */
export async function check(
  session: Session,
  name: string,
  { logIn, environments = ENVIRONMENTS_FILE }: CheckOptions,
): Promise<number> {
  const { screen, options } = session;
  const settings = await checkSettings(session, name, { file: environments, logIn });
  const deployed = await checkStack(session, name);
  const all = [...settings, ...deployed];
  if (options.json) screen.json(all);
  else {
    showFindings(screen, 'Settings', settings);
    showFindings(screen, 'Deployed', deployed);
  }
  return all.some(({ level }) => level === 'failure') ? EXIT.notOk : EXIT.ok;
}

async function checkSettings(
  session: Session,
  name: string,
  { file, logIn }: { readonly file: string; readonly logIn: string | undefined },
): Promise<Finding[]> {
  const environment = await readEnvironment(file, name);
  if (environment === undefined) {
    if (logIn !== undefined) throw badInput(`There is no ${file} here, which --log-in needs.`);
    return [
      warning(`there is no ${file} here`, 'The settings of your own CDK app are checked by npx cdk synth.'),
    ];
  }
  const { checkApis, checkLogin } = await import('../check-settings.ts');
  const login = logIn === undefined ? [] : [await checkLogin(session, environment, logIn)];
  const tokens = environment.tokens.map((token) => token.name).join(', ');
  return [ok(`${file}: ${name} with ${tokens}`), ...(await checkApis(session, environment)), ...login];
}

async function checkStack(session: Session, name: string): Promise<Finding[]> {
  const stack = session.options.stack ?? stackName(name);
  if ((await describeStack(session.aws, stack)) === undefined) {
    return [warning(`${stack} is not deployed in this account and Region`, `npx cdk deploy ${stack}`)];
  }
  return checkDeployed(session, await findDeployed(session, name));
}
