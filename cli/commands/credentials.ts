import type { DeployedToken } from '../../contract/outputs.ts';
import { adviceOn, showAdvice } from '../advice.ts';
import { attemptInWords, codeOf, reasonInWords } from '../attempt-in-words.ts';
import { type Attempt, awaitAttempt } from '../attempts.ts';
import { describeSecret, putSecret, restoreSecret, type Secret } from '../aws/secret.ts';
import { type Deployed, findDeployed, findToken } from '../deployed.ts';
import { EXIT, Failure } from '../failure.ts';
import { readCredentials } from '../read-credentials.ts';
import type { Session } from '../session.ts';
import { durationInWords } from '../times-in-words.ts';

export interface CredentialsOptions {
  /** `<field>=<path>` each. */
  readonly file?: readonly string[];
  /** Makes the previous version the current one, instead of storing another. */
  readonly restore?: boolean;
  /** Seconds. */
  readonly wait: number;
}

/** @returns the exit code: not ok if the credentials were refused, or there was no verdict in time */
export async function credentials(
  session: Session,
  environment: string,
  name: string,
  options: CredentialsOptions,
): Promise<number> {
  const deployed = await findDeployed(session, environment);
  const token = findToken(deployed, name);
  if (token.secret.startsWith('arn:')) {
    session.circumstances = { ...session.circumstances, adoptedSecret: token.secret };
  }
  // Before anything is asked: whether the secret can be reached, and what to go back to.
  const before = await describeSecret(session.aws, token.secret);
  if (options.restore) return restorePrevious(session, token, before);
  const { account, region } = deployed;
  session.screen.note(`Credentials of ${token.token} in ${environment}, account ${account}, ${region}`);
  session.interruption = 'Interrupted: nothing was stored.';
  const value = await readCredentials(session, token, options.file ?? []).catch((error) => {
    if (error instanceof Failure && error.exitCode === EXIT.interrupted) error.message = session.interruption;
    throw error;
  });
  const stored = await putSecret(session.aws, token.secret, value);
  session.interruption = `The credentials are stored. What became of them: ${session.command} why ${environment} ${token.token}`;
  const awaited = { deployed, token, version: stored, seconds: options.wait };
  const verdict = await awaitVerdict(session, awaited).catch((error) => {
    session.screen.note(session.interruption);
    throw error;
  });
  return tell(session, { deployed, token, before, stored, verdict });
}

interface Awaiting {
  readonly deployed: Deployed;
  readonly token: DeployedToken;
  readonly version: string;
  readonly seconds: number;
}

/** The first attempt that was answered yes or no; undefined if there was none in time. */
function awaitVerdict(session: Session, { deployed, token, version, seconds }: Awaiting) {
  const { aws, world, screen } = session;
  const isOfVersion = (attempt: Attempt) => attempt.credentialsVersion === version;
  return awaitAttempt({
    ...{ aws, world, log: deployed.log, token: token.token, since: world.now(), seconds },
    isIt: (attempt) =>
      isOfVersion(attempt) && (attempt.credentials === 'accepted' || attempt.credentials === 'refused'),
    onLook: (attempts) => {
      const latest = attempts.findLast(isOfVersion);
      const soFar =
        latest === undefined ? 'waiting for the login' : `no verdict yet: ${attemptInWords(latest)}`;
      screen.progress(`${token.token}: stored; ${soFar}`);
    },
  });
}

interface Told {
  readonly deployed: Deployed;
  readonly token: DeployedToken;
  readonly before: Secret;
  /** Id of the version that was stored. */
  readonly stored: string;
  readonly verdict: Attempt | undefined;
}

async function tell(session: Session, told: Told): Promise<number> {
  const { verdict } = told;
  if (verdict === undefined) return tellNone(session, told);
  return verdict.credentials === 'refused'
    ? tellRefused(session, told, verdict)
    : tellAccepted(session, told, verdict);
}

function tellNone({ screen, options, command }: Session, told: Told): number {
  const { deployed, token, stored } = told;
  if (options.json) screen.json(asJson(told));
  else {
    screen.line(screen.style('yellow', `Stored, as version ${stored}, but there was no verdict in time.`));
    screen.line('What the attempts met:');
    screen.command(`${command} why ${deployed.environment} ${token.token}`);
  }
  return EXIT.notOk;
}

/** The token that came for them may be one that cannot be stored. */
function tellAccepted({ screen, world, options }: Session, told: Told, verdict: Attempt): number {
  const { outcome, parameterVersion, expiresAt = '' } = verdict;
  const isStored = outcome === 'refreshed';
  if (options.json) screen.json(asJson(told));
  else {
    const left = durationInWords(Date.parse(expiresAt) - world.now());
    screen.line(screen.style('green', `Accepted: the credentials of ${told.token.token} are in use.`));
    screen.line(
      isStored
        ? `The new access token is version ${parameterVersion}, valid for ${left}.`
        : `But it ${attemptInWords(verdict)}`,
    );
  }
  return isStored ? EXIT.ok : EXIT.notOk;
}

async function tellRefused(session: Session, told: Told, verdict: Attempt): Promise<number> {
  const { screen, options, command } = session;
  const { deployed, token } = told;
  if (options.json) {
    screen.json(asJson(told));
    return EXIT.notOk;
  }
  screen.line(screen.style('red', `Refused: ${reasonInWords(verdict)}.`));
  showAdvice(screen, adviceOn(verdict, { environment: deployed.environment, token: token.token, command }));
  await offerRestore(session, told);
  return EXIT.notOk;
}

/** Asks at a terminal; elsewhere it prints the command. */
async function offerRestore(session: Session, { deployed, token, before, stored }: Told): Promise<void> {
  const { aws, world, screen, command } = session;
  if (before.current === undefined) return;
  if (!world.stdin.isTTY) {
    screen.note('To go back to the previous ones:');
    screen.note(`  ${command} credentials ${deployed.environment} ${token.token} --restore`);
    return;
  }
  session.interruption = 'Interrupted: the refused credentials stay stored.';
  const { confirm } = await import('../prompts.ts');
  if (!(await confirm(world, 'Restore the previous credentials?', true))) return;
  await restoreSecret(aws, { id: token.secret, from: stored, to: before.current });
  screen.line(RESTORED);
}

const RESTORED =
  'Restored: the previous credentials are the current ones again. The session that they began goes on, without a login.';

async function restorePrevious({ aws, screen, options }: Session, token: DeployedToken, secret: Secret) {
  const { current, previous } = secret;
  if (current === undefined || previous === undefined) {
    throw new Failure(`The secret of ${token.token} has no previous version to go back to.`);
  }
  await restoreSecret(aws, { id: token.secret, from: current, to: previous });
  if (options.json) screen.json({ token: token.token, restored: previous });
  else screen.line(RESTORED);
  return EXIT.ok;
}

const asJson = ({ deployed, token, stored, verdict }: Told): object => ({
  environment: deployed.environment,
  token: token.token,
  stored,
  verdict: verdict?.credentials ?? 'none',
  code: (verdict && codeOf(verdict)) ?? null,
  version: verdict?.outcome === 'refreshed' ? (verdict.parameterVersion ?? null) : null,
  validUntil: verdict?.outcome === 'refreshed' ? (verdict.expiresAt ?? null) : null,
});
