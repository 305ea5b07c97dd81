import type { Attempt } from './attempts.ts';
import { failureInWords } from './failures-in-words.ts';
import { printable } from './screen.ts';
import { durationInWords, timeInWords } from './times-in-words.ts';

/** What an attempt did, without its time: `refreshed by login, version 12, valid until 2026-12-01T12:05:26Z`. */
export function attemptInWords(attempt: Attempt): string {
  const isRefused = attempt.outcome !== 'failed' && attempt.credentials === 'refused';
  return `${outcomeInWords(attempt)}${isRefused ? ', but the new credentials were refused' : ''}`;
}

function outcomeInWords(attempt: Attempt): string {
  const { outcome, how, parameterVersion, expiresAt } = attempt;
  switch (outcome) {
    case 'refreshed': {
      const parts = [
        `refreshed by ${how}`,
        parameterVersion !== undefined && `version ${parameterVersion}`,
        expiresAt !== undefined && `valid until ${timeInWords(Date.parse(expiresAt))}`,
      ];
      return parts.filter(Boolean).join(', ');
    }
    case 'satisfied':
      return 'nothing to do: the stored token is newer than the request';
    case 'superseded':
      return 'dropped: a later tick has taken over';
    case 'put-off':
      return 'put off: the stored token is too young to be replaced';
    case 'failed':
      return `failed: ${reasonInWords(attempt)}${retryInWords(attempt)}`;
  }
}

/** `the token API refuses the credentials (HTTP 401, invalid_grant; …)` */
export function reasonInWords(attempt: Attempt): string {
  const { apiStatus, oauthError, detail } = attempt;
  const code = codeOf(attempt);
  const { says } = failureInWords(code);
  const known = [apiStatus !== undefined && `HTTP ${apiStatus}`, oauthError].filter(Boolean).join(', ');
  // The log's own advice is for readers of the log.
  const more = code === 'NoCredentials' ? undefined : detail;
  const bracket = [known, more].filter(Boolean).join('; ');
  return printable(bracket === '' ? says : `${says} (${bracket})`);
}

/** New credentials may be refused while the session goes on: then no code is logged. */
export const codeOf = ({ code, credentials }: Attempt): Attempt['code'] =>
  code ?? (credentials === 'refused' ? 'CredentialsRefused' : undefined);

function retryInWords({ retryInSeconds, retryBy }: Attempt): string {
  if (retryBy === undefined && retryInSeconds === undefined) return '; not tried again by itself';
  if (retryBy === 'next tick') return '; tried again at the next tick';
  return `; tried again in ${durationInWords((retryInSeconds ?? 0) * 1000)}`;
}
