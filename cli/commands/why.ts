import { attemptInWords } from '../attempt-in-words.ts';
import { type Attempt, attemptsOf } from '../attempts.ts';
import { findDeployed, findToken } from '../deployed.ts';
import { EXIT, Failure } from '../failure.ts';
import { failureInWords, runbook } from '../failures-in-words.ts';
import { printable } from '../screen.ts';
import type { Session } from '../session.ts';
import { timeInWords } from '../times-in-words.ts';

/** @returns the exit code: not ok if the latest attempt failed, or its credentials were refused */
export async function why(
  session: Session,
  environment: string,
  name: string,
  { last }: { readonly last: number },
): Promise<number> {
  const { aws, world, screen, options } = session;
  const deployed = await findDeployed(session, environment);
  const { token } = findToken(deployed, name);
  screen.progress('reading the log');
  const newestFirst = await attemptsOf({ aws, world, log: deployed.log }, { token, count: last });
  if (newestFirst === undefined) {
    throw new Failure('The log did not answer in time.', { remedy: 'Try again.' });
  }
  const next = whatToDo(newestFirst, { session, environment, token });
  if (options.json) {
    screen.json({ environment, token, attempts: newestFirst.toReversed().map(asJson), ...next });
  } else {
    screen.line(
      `${screen.style('bold', token)} in ${environment}, account ${deployed.account}, ${deployed.region}`,
    );
    for (const attempt of newestFirst.toReversed()) {
      screen.line(`  ${timeInWords(attempt.at)}  ${colour(session, attempt)}`);
    }
    screen.line(`What to do: ${next.todo}`);
    if (next.section !== null) screen.line(`Runbook: ${next.section}`);
  }
  return next.isOk ? EXIT.ok : EXIT.notOk;
}

function colour({ screen }: Session, attempt: Attempt): string {
  const words = attemptInWords(attempt);
  if (attempt.outcome === 'failed') return screen.style('red', words);
  return attempt.credentials === 'refused' ? screen.style('yellow', words) : words;
}

interface Next {
  readonly isOk: boolean;
  readonly todo: string;
  readonly section: string | null;
}

function whatToDo(
  [latest]: readonly Attempt[],
  { session, environment, token }: { session: Session; environment: string; token: string },
): Next {
  const { command } = session;
  if (latest === undefined) {
    return {
      isOk: false,
      todo: `The log of the last 7 days holds no attempt. Ask for one (${command} refresh ${environment} ${token}); if nothing comes, neither schedule nor queue reaches the function.`,
      section: runbook('Going stale'),
    };
  }
  if (latest.outcome === 'failed' || latest.credentials === 'refused') {
    const { todo, section } = failureInWords(
      latest.outcome === 'failed' ? latest.code : 'CredentialsRefused',
    );
    const store = section === 'Login refused' ? ` ${command} credentials ${environment} ${token}` : '';
    return { isOk: false, todo: `${todo}${store}`, section: runbook(section) };
  }
  const { attention = [] } = latest;
  if (attention.length > 0) {
    return { isOk: true, todo: printable(attention.join('; ')), section: runbook('Attention') };
  }
  return { isOk: true, todo: 'nothing, the latest attempt is fine.', section: null };
}

const asJson = ({ at, token: _, ...attempt }: Attempt): object => ({
  at: new Date(at).toISOString(),
  outcome: attempt.outcome,
  how: attempt.how ?? null,
  code: attempt.code ?? null,
  apiStatus: attempt.apiStatus ?? null,
  credentials: attempt.credentials ?? null,
  parameterVersion: attempt.parameterVersion ?? null,
  inWords: attemptInWords({ at, token: _, ...attempt }),
});
