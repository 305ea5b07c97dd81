import { adoptedByName } from './credentials.ts';
import { checkTimes } from './margin-rules.ts';
import { isGood } from './parser.ts';
import { REFUSED, type Refused, type SettingPath } from './setting-path.ts';
import { show } from './show.ts';
import { checkReaders } from './template-size.ts';
import type { ReadToken } from './token.ts';

/** A template holds 500 resources, and Parameter Store 3 writes per second. */
export const MOST_TOKENS = 70;

/** What fits into a role's policies, whose quotas are fixed: the adopted secrets and their keys stand there in full. */
const ADOPTED_ARNS_CHARACTERS = 5_000;

/** The tokens of an environment, and what of its settings their rules depend on. */
export interface TokensOfEnvironment {
  readonly path: SettingPath;
  readonly name: string | Refused;
  /** As in the settings of an environment. */
  readonly keyArn?: string | Refused;
  readonly higherThroughput: boolean | Refused;
  readonly local: boolean;
  readonly tokens: readonly ReadToken[];
}

/** What the tokens of one environment must keep to together. */
export function checkTokens(of: TokensOfEnvironment): void {
  const { path, tokens } = of;
  if (tokens.length === 0 || tokens.length > MOST_TOKENS) {
    path.to('tokens').refuse(`must be 1 to ${MOST_TOKENS}`, `${tokens.length}`);
  }
  checkDifferentNames(
    path.to('tokens'),
    tokens.map(({ parts }) => parts.name),
  );
  for (const token of tokens) checkTimes(token, of);
  checkAdoptedArns(of);
  checkReaders(of);
}

export function checkDifferentNames(path: SettingPath, names: readonly (string | Refused)[]): void {
  const repeated = names.filter((name, index) => name !== REFUSED && names.indexOf(name) < index);
  for (const name of new Set(repeated)) path.refuse('must have different names', `${show(name)} twice`);
}

/** Two tokens with one set of credentials would lock its account twice as fast, and end each other's sessions. */
export function checkAdoptedOnce(environments: readonly TokensOfEnvironment[]): void {
  const adopters = new Map<string, string>();
  for (const { name: environment, tokens } of environments) {
    for (const { path, parts } of tokens) {
      const { name, credentialsSecretArn: arn } = parts;
      if (arn === undefined || arn === REFUSED) continue;
      const other = adopters.get(arn);
      if (other !== undefined) {
        const rule = `must be a secret of this token's own, ${other} has it already`;
        path.to('credentialsSecretArn').refuse(rule, show(arn));
      }
      const isNamed = name !== REFUSED && environment !== REFUSED;
      adopters.set(arn, isNamed ? `token ${show(name)} of ${show(environment)}` : 'another token');
    }
  }
}

function checkAdoptedArns({ path, name: environment, keyArn, tokens: written }: TokensOfEnvironment): void {
  const tokens = written.map(({ parts: { name, credentialsSecretArn, credentialsKeyArn } }) => ({
    name,
    credentialsSecretArn,
    credentialsKeyArn,
  }));
  if (environment === REFUSED || keyArn === REFUSED || !tokens.every(isGood)) return;
  const adopted = adoptedByName({ environment, keyArn, tokens });
  // A policy names each key once, whichever secrets it encrypts.
  const keys = new Set(adopted.map(({ credentialsKeyArn = '' }) => credentialsKeyArn));
  const arns = [...adopted.map(({ credentialsSecretArn = '' }) => credentialsSecretArn), ...keys];
  const characters = arns.join('').length;
  if (characters <= ADOPTED_ARNS_CHARACTERS) return;
  const rule = `must have ARNs of at most ${ADOPTED_ARNS_CHARACTERS} characters together, which is what IAM policies hold`;
  path.to('adopted secrets').refuse(rule, `${characters} characters`);
}
