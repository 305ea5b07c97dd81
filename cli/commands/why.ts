import { adviceOn, showAdvice } from '../advice.ts';
import { attemptInWords } from '../attempt-in-words.ts';
import { type Attempt, attemptsOf } from '../attempts.ts';
import { findDeployed, findToken } from '../deployed.ts';
import { EXIT, Failure } from '../failure.ts';
import type { Session } from '../session.ts';
import { timeInWords } from '../times-in-words.ts';

/** Of a broken line: as wide as its time. */
const HANGING = 24;

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
  const advice = adviceOn(newestFirst[0], { environment, token, command: session.command });
  if (options.json) {
    screen.json({ environment, token, attempts: newestFirst.toReversed().map(asJson), ...advice });
  } else {
    screen.line(
      `${screen.style('bold', token)} in ${environment}, account ${deployed.account}, ${deployed.region}`,
    );
    for (const attempt of newestFirst.toReversed()) {
      screen.line(`  ${timeInWords(attempt.at)}  ${colour(session, attempt)}`, HANGING);
    }
    showAdvice(screen, advice);
  }
  return advice.isOk ? EXIT.ok : EXIT.notOk;
}

function colour({ screen }: Session, attempt: Attempt): string {
  const words = attemptInWords(attempt);
  if (attempt.outcome === 'failed') return screen.style('red', words);
  return attempt.credentials === 'refused' ? screen.style('yellow', words) : words;
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
