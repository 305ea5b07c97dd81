import { ConfirmPrompt, isCancel, PasswordPrompt } from '@clack/core';
import { EXIT, Failure } from './failure.ts';
import type { World } from './world.ts';

export interface SecretQuestion {
  readonly message: string;
  /** Why the value cannot be right; undefined: it can. */
  readonly refuse: (value: string) => string | undefined;
}

/** Shows nothing of what is typed, not even its length. @throws {Failure} on Ctrl-C */
export async function askSecret(world: World, question: SecretQuestion): Promise<string> {
  const answer = await new PasswordPrompt({
    input: world.stdin,
    output: shownTo(world),
    validate: (value) => question.refuse(value ?? ''),
    render() {
      const refusal = this.state === 'error' ? `${this.error}\n` : '';
      return `${refusal}${question.message}: `;
    },
  }).prompt();
  return answered(answer) ?? '';
}

/** @throws {Failure} on Ctrl-C */
export async function confirm(world: World, message: string, usually: boolean): Promise<boolean> {
  const answer = await new ConfirmPrompt({
    input: world.stdin,
    output: shownTo(world),
    active: 'yes',
    inactive: 'no',
    initialValue: usually,
    render() {
      const chosen = this.state === 'submit' ? (this.value ? 'yes' : 'no') : usually ? '[Y/n]' : '[y/N]';
      return `${message} ${chosen} `;
    },
  }).prompt();
  return answered(answer) ?? usually;
}

/** Standard output is for the answer, unless the other one goes elsewhere. */
const shownTo = ({ stdout, stderr }: World) => (stderr.isTTY ? stderr : stdout);

function answered<T>(answer: T): Exclude<T, symbol> {
  if (isCancel(answer)) throw new Failure('Interrupted.', { exitCode: EXIT.interrupted });
  return answer as Exclude<T, symbol>;
}
