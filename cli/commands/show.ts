import { accessTokenParameter } from '../../contract/names.ts';
import { readParameter } from '../aws/parameters.ts';
import { findDeployed, findToken } from '../deployed.ts';
import { badInput, EXIT, Failure } from '../failure.ts';
import type { Session } from '../session.ts';

/** Shows the access token. At a terminal it asks first, because bystanders could use it. */
export async function show(
  session: Session,
  environment: string,
  name: string,
  { plain = false }: { readonly plain?: boolean },
): Promise<number> {
  const { world, screen, options, aws } = session;
  const deployed = await findDeployed(session, environment);
  const { token } = findToken(deployed, name);
  if (!plain) {
    if (!world.stdin.isTTY) throw badInput('Nobody can be asked here.', 'For a pipe: --plain.');
    const { confirm } = await import('../prompts.ts');
    if (!(await confirm(world, `Show the access token of ${token} here?`, false))) return EXIT.notOk;
  }
  const value = await readParameter(aws, accessTokenParameter(environment, token));
  if (value === undefined) {
    throw new Failure(`There is no access token of ${token} yet.`, {
      remedy: `Why: ${session.command} why ${environment} ${token}`,
    });
  }
  if (options.json) screen.json({ environment, token, value });
  else screen.line(value);
  return EXIT.ok;
}
