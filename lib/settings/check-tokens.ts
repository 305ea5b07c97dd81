import type { TokenSettings } from '../../contract/function-settings.ts';
import { adoptedByName } from '../permissions/refresher-permissions.ts';
import { checkReaders } from './check-resources.ts';
import type { CheckedToken } from './check-token.ts';
import {
  drainSeconds,
  intervalToSurvive,
  LEAST_MARGIN_SECONDS,
  longestIntervalMinutes,
  marginSeconds,
  shortestLifetimeSeconds,
  survivableSeconds,
} from './margin.ts';
import { SettingError, type SettingPath, show } from './setting-error.ts';

/** A template holds 500 resources, and Parameter Store 3 writes per second. */
export const MOST_TOKENS = 70;

/** What fits into a role's policies, whose quotas are fixed: the adopted secrets and their keys stand there in full. */
const ADOPTED_ARNS_CHARACTERS = 5_000;

const LEAST_INTERVAL_MINUTES = 2;

export interface TokensOfEnvironment {
  readonly environment: string;
  /** As in the settings of an environment. */
  readonly keyArn: string | undefined;
  readonly higherThroughput: boolean;
  readonly tokens: readonly CheckedToken[];
}

/** What the tokens of one environment must keep to together. @throws SettingError */
export function checkTokens(of: TokensOfEnvironment): void {
  const { environment, tokens } = of;
  if (tokens.length === 0 || tokens.length > MOST_TOKENS) {
    throw new SettingError(
      { environment, setting: 'tokens' },
      `must be 1 to ${MOST_TOKENS}`,
      `${tokens.length}`,
    );
  }
  const repeated = tokens.find(({ name }, index) => tokens.findIndex((other) => other.name === name) < index);
  if (repeated !== undefined) {
    throw new SettingError(
      { environment, setting: 'tokens' },
      'must have different names',
      `${show(repeated.name)} twice`,
    );
  }
  checkAdoptedOnce(tokens.map((token) => ({ environment, token })));
  checkAdoptedArns(of);
  checkReaders(environment, tokens);
  for (const token of tokens) {
    checkMargin(of, token);
    checkOutageBudget(of, token);
  }
}

export interface Adoption {
  readonly environment: string;
  readonly token: CheckedToken;
}

/**
 * Two tokens with one set of credentials would lock its account twice as fast, and end each other's sessions.
 *
 * @throws SettingError
 */
export function checkAdoptedOnce(adoptions: readonly Adoption[]): void {
  const adopters = new Map<string, string>();
  for (const { environment, token } of adoptions) {
    const { name, credentialsSecretArn: arn } = token;
    if (arn === undefined) continue;
    const other = adopters.get(arn);
    if (other !== undefined) {
      const path: SettingPath = { environment, token: name, setting: 'credentialsSecretArn' };
      throw new SettingError(
        path,
        `must be a secret of this token's own, ${other} has it already`,
        show(arn),
      );
    }
    adopters.set(arn, `token ${show(name)} of ${show(environment)}`);
  }
}

function checkAdoptedArns(of: TokensOfEnvironment): void {
  const { environment } = of;
  const adopted = adoptedByName(of);
  // A policy names each key once, whichever secrets it encrypts.
  const keys = new Set(adopted.map(({ credentialsKeyArn = '' }) => credentialsKeyArn));
  const arns = [...adopted.map(({ credentialsSecretArn = '' }) => credentialsSecretArn), ...keys];
  const characters = arns.join('').length;
  if (characters <= ADOPTED_ARNS_CHARACTERS) return;
  const rule = `must have ARNs of at most ${ADOPTED_ARNS_CHARACTERS} characters together, which is what IAM policies hold`;
  throw new SettingError({ environment, setting: 'adopted secrets' }, rule, `${characters} characters`);
}

function checkMargin(
  { environment, tokens, higherThroughput }: TokensOfEnvironment,
  token: CheckedToken,
): void {
  const drain = drainSeconds(tokens.length, higherThroughput);
  const margin = marginSeconds(token.settings, drain);
  if (margin >= LEAST_MARGIN_SECONDS) return;
  const path: SettingPath = { environment, token: token.name, setting: 'interval' };
  const { intervalSeconds, accessTokenLifetimeSeconds } = token.settings;
  const rule =
    `must leave at least ${LEAST_MARGIN_SECONDS} s of the access token's lifetime of ${accessTokenLifetimeSeconds} s ` +
    `after a late schedule, a slow attempt and the writes of all tokens (${tokens.length}): ${remedy(token.settings, drain)}`;
  throw new SettingError(path, rule, `${intervalSeconds / 60} minutes, which leave ${Math.floor(margin)} s`);
}

function checkOutageBudget(
  { environment, tokens, higherThroughput }: TokensOfEnvironment,
  { name, settings, surviveOutageSeconds }: CheckedToken,
): void {
  const drain = drainSeconds(tokens.length, higherThroughput);
  const survivable = Math.floor(survivableSeconds(settings, drain));
  if (surviveOutageSeconds === undefined || surviveOutageSeconds <= survivable) return;
  const { intervalSeconds, accessTokenLifetimeSeconds: lifetimeSeconds } = settings;
  const minutes = intervalToSurvive(surviveOutageSeconds, {
    lifetimeSeconds,
    drain,
    leastMinutes: LEAST_INTERVAL_MINUTES,
  });
  const rule =
    `must be at most ${survivable} s with an interval of ${intervalSeconds / 60} minutes and a lifetime of ` +
    `${lifetimeSeconds} s: ${minutes === undefined ? 'no interval gives more' : `an interval of ${minutes} minutes would do`}`;
  throw new SettingError(
    { environment, token: name, setting: 'surviveOutage' },
    rule,
    `${surviveOutageSeconds} s`,
  );
}

function remedy({ intervalSeconds, accessTokenLifetimeSeconds }: TokenSettings, drain: number): string {
  const minutes = longestIntervalMinutes(accessTokenLifetimeSeconds, drain);
  if (minutes >= LEAST_INTERVAL_MINUTES) return `set it to at most ${minutes} minutes`;
  return `no interval does; it takes a lifetime of at least ${shortestLifetimeSeconds(intervalSeconds, drain)} s`;
}
