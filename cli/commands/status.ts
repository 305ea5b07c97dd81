import Table from 'cli-table3';
import { environmentPrefix, parameterPath } from '../../contract/names.ts';
import { SECOND } from '../../contract/times.ts';
import { codeOf, reasonInWords } from '../attempt-in-words.ts';
import { latestAttempts } from '../attempts.ts';
import { raisedAlarms } from '../aws/alarms.ts';
import { describeParameters } from '../aws/parameters.ts';
import { environmentsHere, findDeployed } from '../deployed.ts';
import { badInput, EXIT } from '../failure.ts';
import type { Session } from '../session.ts';
import { type EnvironmentStatus, isHealthy, isValid, statusOf, type TokenStatus } from '../status-of.ts';
import { agoInWords, durationInWords } from '../times-in-words.ts';

const WATCH_SECONDS = 10;

/** @returns the exit code */
export async function status(
  session: Session,
  environment: string | undefined,
  { watch = false }: { readonly watch?: boolean },
): Promise<number> {
  const { screen, world, options } = session;
  for (;;) {
    const statuses: EnvironmentStatus[] = [];
    const untold: unknown[] = [];
    for (const name of await environmentsOf(session, environment)) {
      screen.progress(`looking at ${name}`);
      const one = await look(session, name).catch((error) => {
        if (environment !== undefined) throw error;
        untold.push(error);
      });
      if (one !== undefined) statuses.push(one);
    }
    const now = world.now();
    if (watch) screen.wipe();
    if (options.json) screen.json(statuses.map((one) => asJson(one, now)));
    else
      statuses.forEach((one, index) => {
        if (index > 0) screen.line();
        show(session, one, now);
      });
    for (const error of untold) await session.tell(error);
    const isOk = untold.length === 0 && statuses.every((one) => isHealthy(one, now));
    if (!watch) return isOk ? EXIT.ok : EXIT.notOk;
    screen.progress(`again every ${WATCH_SECONDS} s, Ctrl-C ends it`);
    await world.sleep(WATCH_SECONDS * SECOND);
  }
}

async function environmentsOf(session: Session, environment: string | undefined): Promise<string[]> {
  if (environment !== undefined) return [environment];
  session.screen.progress('looking for environments');
  const found = await environmentsHere(session.aws);
  if (found.length > 0) return found;
  throw badInput(
    'No environment here has tried to get a token yet.',
    `Name one: ${session.command} status <environment>`,
  );
}

/** For 70 tokens: the stack, three pages of parameters, the alarms, and the log's query with five looks at the most. */
async function look(session: Session, environment: string): Promise<EnvironmentStatus> {
  const { aws, world } = session;
  const deployed = await findDeployed(session, environment);
  const [parameters, raised, attempts] = await Promise.all([
    describeParameters(aws, parameterPath(environment).slice(0, -1)),
    raisedAlarms(aws, `${environmentPrefix(environment)}-`),
    latestAttempts({ aws, world, log: deployed.log }),
  ]);
  return statusOf(deployed, { parameters, raised, attempts });
}

function show(session: Session, status: EnvironmentStatus, now: number): void {
  const { screen } = session;
  const { deployed, tokens, alarms, hasLog } = status;
  screen.line(
    screen.style('bold', deployed.environment) +
      screen.style('dim', `  ${deployed.stack}, account ${deployed.account}, ${deployed.region}`),
  );
  const table = new Table({
    head: ['token', 'valid for', 'got by', 'changed', 'credentials'],
    chars: NO_BORDERS,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
  });
  table.push(...tokens.map((token) => row(session, token, now)));
  for (const line of table.toString().split('\n')) screen.line(line.trimEnd());
  showNotes(session, status, now);
  if (!hasLog) screen.line('The log did not answer in time: failures and credentials are missing here.');
  if (alarms.length > 0) screen.line(screen.style('red', `Alarms: ${alarms.join(', ')}`));
}

const NO_BORDERS = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
    ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'],
  ].map((name) => [name, '']),
);

function row({ screen }: Session, token: TokenStatus, now: number): string[] {
  const { stored, credentialsSince } = token;
  const left =
    stored === undefined
      ? 'no token'
      : stored.expiresAt === undefined
        ? '?'
        : stored.expiresAt > now
          ? durationInWords(stored.expiresAt - now)
          : 'expired';
  return [
    token.token,
    screen.style(isValid(token, now) ? 'green' : 'red', left),
    stored?.how ?? '-',
    stored === undefined ? '-' : agoInWords(stored.changedAt, now),
    credentialsSince === undefined ? '-' : `${durationInWords(now - credentialsSince)} old`,
  ];
}

/** What the table has no room for: failures and alarms, in words. */
function showNotes({ screen, command }: Session, { deployed, tokens }: EnvironmentStatus, now: number): void {
  for (const status of tokens) {
    const said = [failureOf(status, now), status.alarms.length > 0 && `alarms: ${status.alarms.join(', ')}`];
    const text = `  ${status.token}: ${said.filter(Boolean).join('; ')}.`;
    if (needsHelp(status)) {
      screen.line(screen.style('yellow', text));
      screen.command(`${command} why ${deployed.environment} ${status.token}`);
    } else if (status.lastFailure !== undefined) screen.line(screen.style('dim', text));
  }
}

const isFailing = ({ lastFailure, lastAttempt }: TokenStatus): boolean =>
  lastFailure !== undefined && lastFailure === lastAttempt;

const needsHelp = (status: TokenStatus): boolean => status.alarms.length > 0 || isFailing(status);

function failureOf(status: TokenStatus, now: number): string | undefined {
  const { lastFailure } = status;
  if (lastFailure === undefined) return undefined;
  const when = agoInWords(lastFailure.at, now);
  const reason = reasonInWords(lastFailure);
  return isFailing(status) ? `fails, ${when}: ${reason}` : `over: ${when} ${reason}`;
}

function asJson({ deployed, tokens, alarms, hasLog }: EnvironmentStatus, now: number): object {
  const { environment, stack, account, region } = deployed;
  return {
    environment,
    stack,
    account,
    region,
    hasLog,
    alarms,
    tokens: tokens.map((token) => ({
      token: token.token,
      isValid: isValid(token, now),
      version: token.stored?.version ?? null,
      validUntil: isoOf(token.stored?.expiresAt),
      gotBy: token.stored?.how ?? null,
      changedAt: isoOf(token.stored?.changedAt),
      credentialsSince: isoOf(token.credentialsSince),
      lastAttempt: attemptAsJson(token.lastAttempt),
      lastFailure: attemptAsJson(token.lastFailure),
      alarms: token.alarms,
    })),
  };
}

const isoOf = (time: number | undefined): string | null =>
  time === undefined ? null : new Date(time).toISOString();

const attemptAsJson = (attempt: TokenStatus['lastAttempt']): object | null =>
  attempt === undefined
    ? null
    : {
        at: isoOf(attempt.at),
        outcome: attempt.outcome,
        code: codeOf(attempt) ?? null,
        reason: codeOf(attempt) === undefined ? null : reasonInWords(attempt),
      };
