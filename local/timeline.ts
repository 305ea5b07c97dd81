import { setTimeout as sleep } from 'node:timers/promises';
import { SSMClient } from '@aws-sdk/client-ssm';
import { accessTokenParameter } from '../contract/names.ts';
import { SECOND } from '../contract/times.ts';
import { type Attempt, parseAttempt } from './attempts.ts';
import { clientConfig } from './clean-environment.ts';
import { callProtectedResource } from './consumer.ts';
import type { LocalAws, Run } from './local-aws.ts';
import { ENVIRONMENT, TOKEN } from './local-environment.ts';
import { duration } from './screen.ts';

const POLL_MS = 500;

const PARAMETER = accessTokenParameter(ENVIRONMENT, TOKEN);

/** Widths of the columns, in characters; the last needs none. */
const COLUMNS = [24, 9, 14, 17];
const HEADINGS = ['token got by', 'version', 'valid for', 'asked for by', 'consumer gets'];

/** Lines kept of the function's log, to be shown when something fails. */
const KEPT_LOG_LINES = 100;

export interface TimelineOptions {
  readonly run: Run;
  readonly aws: LocalAws;
  /** Asked again and again: true ends the timeline. */
  readonly enough: () => boolean;
}

/** Shows each attempt of the refresher as it happens, and what a consumer gets then. Returns when it is enough. */
export async function showTimeline({ run, aws, enough }: TimelineOptions): Promise<void> {
  const { screen, processes, logs } = run;
  const ssm = new SSMClient(clientConfig(aws.endpoint));
  screen.note(`\nThe schedule asks for a refresh once a minute. What happens to ${PARAMETER}:\n`);
  screen.note(`        ${row(HEADINGS)}`);
  let expiresAt: number | undefined;
  while (!enough()) {
    for (const line of await aws.newLogLines()) {
      logs.functionLines = [...logs.functionLines, line].slice(-KEPT_LOG_LINES);
      const attempt = parseAttempt(line);
      // What is put off comes again within a minute, and is shown then.
      if (attempt === undefined || attempt.outcome === 'put-off') continue;
      expiresAt = attempt.expiresAt ?? expiresAt;
      await showAttempt(attempt, run, ssm);
    }
    screen.status(expiresAt === undefined ? 'no token yet' : `the token is valid for ${timeLeft(expiresAt)}`);
    await sleep(POLL_MS, undefined, { signal: processes.signal });
  }
  ssm.destroy();
}

async function showAttempt(attempt: Attempt, run: Run, ssm: SSMClient): Promise<void> {
  const { screen, sights, tokenApiUrl } = run;
  const { how, requestedBy = '', expiresAt = 0 } = attempt;
  const askedBy = REQUESTERS[requestedBy] ?? requestedBy;
  if (how === undefined) {
    screen.line(row([withoutToken(attempt), '', timeLeft(expiresAt), askedBy, retry(attempt)]));
    return;
  }
  const resource = new URL('/resource', tokenApiUrl);
  const { version, status } = await callProtectedResource(ssm, { parameter: PARAMETER, resource });
  screen.line(row([WAYS[how] ?? how, String(version), timeLeft(expiresAt), askedBy, `HTTP ${status}`]));
  if (how === 'login') sights.saw('login', `version ${version}`);
  if (how === 'refresh' && requestedBy === 'schedule') sights.saw('renewal', `version ${version}`);
  if (status === 200) sights.saw('consumer', `version ${version}, HTTP 200`);
}

const WAYS: Readonly<Record<string, string>> = { login: 'login', refresh: 'refresh token' };
const REQUESTERS: Readonly<Record<string, string>> = { credentials: 'new credentials' };

const WITHOUT_TOKEN: Readonly<Record<string, string>> = {
  satisfied: 'nothing: new enough',
  superseded: 'nothing: asked anew',
  NoCredentials: 'nothing: no credentials',
};

function withoutToken({ outcome, code }: Attempt): string {
  return WITHOUT_TOKEN[code ?? outcome] ?? (outcome === 'failed' ? `failed: ${code}` : outcome);
}

const retry = ({ retryInSeconds }: Attempt): string =>
  retryInSeconds === undefined ? '' : `tries again in ${duration(retryInSeconds * SECOND)}`;

function timeLeft(expiresAt: number): string {
  if (expiresAt === 0) return '';
  const left = expiresAt - Date.now();
  return left > 0 ? duration(left) : 'expired';
}

const row = (cells: readonly string[]): string =>
  cells
    .map((cell, column) => cell.padEnd(COLUMNS[column] ?? 0))
    .join('')
    .trimEnd();
