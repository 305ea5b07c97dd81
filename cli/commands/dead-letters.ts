import { depthOf, dropLetters, type Letter, receiveAll, showAgain } from '../aws/queue.ts';
import { findDeployed } from '../deployed.ts';
import { badInput, EXIT } from '../failure.ts';
import { runbook } from '../failures-in-words.ts';
import { printable } from '../screen.ts';
import type { Session } from '../session.ts';
import { agoInWords } from '../times-in-words.ts';

/** The text may come from anyone who may ask for a refresh, so it is shortened. */
const SHOWN_CHARACTERS = 300;

/** @returns the exit code: not ok if there are any, and stay */
export async function deadLetters(
  session: Session,
  environment: string,
  { drop = false, yes = false }: { readonly drop?: boolean; readonly yes?: boolean },
): Promise<number> {
  const { aws, screen, options, world } = session;
  if (drop && !yes && !world.stdin.isTTY)
    throw badInput('Nobody can be asked here.', 'To drop all the same: --yes.');
  const { deadLetters: queue } = await findDeployed(session, environment);
  const letters = await receiveAll(aws, queue);
  session.interruption = 'Interrupted: nothing was dropped. The messages are seen again within 5 minutes.';
  if (options.json) screen.json(letters.map(({ receipt: _, ...letter }) => letter));
  else if (letters.length === 0) screen.line('There are no dead letters.');
  else tell(session, environment, letters);
  const { ready } = await depthOf(aws, queue);
  if (ready > 0) screen.note(`${ready} more of the same tokens can be seen once these are gone.`);
  const isDropped = letters.length > 0 && drop && (yes || (await isConfirmed(session, letters.length)));
  await (isDropped ? dropLetters : showAgain)(aws, queue, letters);
  if (isDropped) screen.note(`Dropped: ${letters.length}.`);
  return letters.length === 0 || isDropped ? EXIT.ok : EXIT.notOk;
}

function tell({ screen, world, command }: Session, environment: string, letters: readonly Letter[]): void {
  for (const { group, sentAt, receives, reason, body } of letters) {
    const why = reason === undefined ? `received ${receives} times` : printable(reason);
    screen.line(screen.style('bold', `${printable(group)}, ${agoInWords(sentAt, world.now())}: ${why}`));
    screen.line(`  ${printable(body).slice(0, SHOWN_CHARACTERS)}`, 2);
  }
  screen.line(`More: ${runbook('Dead letters')}`);
  screen.line('To drop them:');
  screen.command(`${command} dead-letters ${environment} --drop`);
}

async function isConfirmed({ world }: Session, count: number): Promise<boolean> {
  const { confirm } = await import('../prompts.ts');
  return confirm(world, count === 1 ? 'Drop it?' : `Drop all ${count}?`, false);
}
