import { parseEnvironments } from '../../../lib/settings/parse.ts';
import type { EnvironmentSettings, NamedTokenProps } from '../../../lib/settings/settings.ts';
import { payments } from '../synth.ts';

/** What an action says in its error: `<name>: <message>`; or `accepted`. */
export function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
  return 'accepted';
}

/** What the check of the environments file says. Settings may be of any shape, as they are where nobody checks types. */
export const verdict = (...environments: object[]): string =>
  messageOf(() => parseEnvironments(environments as EnvironmentSettings[]));

/** Of a good environment, but for a change. */
export const verdictOnEnvironment = (change: object): string =>
  verdict({ name: 'sandbox', tokens: [payments], ...change });

/** Of an environment with one good token, but for a change. */
export const verdictOnToken = (change: object): string =>
  verdictOnEnvironment({ tokens: [{ ...payments, ...change }] });

export const verdictOnTokens = (...tokens: readonly NamedTokenProps[]): string =>
  verdictOnEnvironment({ tokens });
