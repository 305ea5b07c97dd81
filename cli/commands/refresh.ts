import { adviceOn, showAdvice } from '../advice.ts';
import { attemptInWords, codeOf } from '../attempt-in-words.ts';
import { type Attempt, awaitAttempt } from '../attempts.ts';
import { sendRequest } from '../aws/queue.ts';
import { findDeployed, findToken } from '../deployed.ts';
import { EXIT, Failure } from '../failure.ts';
import type { Session } from '../session.ts';

export interface RefreshOptions {
  readonly retryRefused?: boolean;
  /** Seconds. */
  readonly wait: number;
}

/** @returns the exit code: not ok if the attempt failed */
export async function refresh(
  session: Session,
  environment: string,
  name: string,
  { retryRefused = false, wait }: RefreshOptions,
): Promise<number> {
  const { aws, world, screen, options, command } = session;
  const deployed = await findDeployed(session, environment);
  const { token } = findToken(deployed, name);
  const since = world.now();
  const messageId = await sendRequest(aws, deployed.requests, {
    token,
    requestedBy: 'operator',
    ...(retryRefused && { retryRefused }),
  });
  session.interruption = 'The refresh was asked for, and goes on.';
  const attempt = await awaitAttempt({
    ...{ aws, world, log: deployed.log, token, since, seconds: wait },
    isIt: (candidate) => candidate.messageId === messageId,
    onLook: () => screen.progress(`${token}: asked for a refresh, waiting for the attempt`),
  });
  if (attempt === undefined) {
    throw new Failure(`The refresh was asked for, but the log shows no attempt within ${wait} s.`, {
      remedy: `Another request of ${token} may be in progress, or nothing runs: ${command} why ${environment} ${token}`,
    });
  }
  const isOk = codeOf(attempt) === undefined;
  if (options.json) screen.json(asJson(attempt, environment));
  else {
    screen.line(`${token}: ${screen.style(isOk ? 'green' : 'red', attemptInWords(attempt))}`);
    if (!isOk) showAdvice(screen, adviceOn(attempt, { environment, token, command }));
  }
  return isOk ? EXIT.ok : EXIT.notOk;
}

const asJson = (attempt: Attempt, environment: string): object => ({
  environment,
  token: attempt.token,
  outcome: attempt.outcome,
  code: codeOf(attempt) ?? null,
  version: attempt.parameterVersion ?? null,
  validUntil: attempt.expiresAt ?? null,
  inWords: attemptInWords(attempt),
});
