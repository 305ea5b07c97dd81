import { CommanderError } from 'commander';
import { EXIT } from './failure.ts';
import { program } from './program.ts';
import { Session } from './session.ts';
import type { World } from './world.ts';

/**
 * Runs one command line.
 *
 * @param onSession told of the session as soon as there is one
 * @returns the exit code
 */
export async function run(
  args: readonly string[],
  world: World,
  onSession: (session: Session) => void = () => {},
): Promise<number> {
  let exitCode: number = EXIT.ok;
  const root = program(world, async (work, options) => {
    const session = new Session(world, options);
    onSession(session);
    exitCode = await inSession(session, work);
  });
  for (const command of [root, ...root.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => world.stdout.write(text),
      writeErr: (text) => world.stderr.write(withoutValues(text)),
    });
  }
  try {
    await root.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.ok : EXIT.badInput;
  }
}

async function inSession(session: Session, work: (session: Session) => Promise<number>): Promise<number> {
  try {
    await tellEndpoint(session);
    return await work(session);
  } catch (error) {
    return session.tell(error);
  }
}

/** First of all, because it is not AWS and may be another account. */
async function tellEndpoint({ aws, screen, world }: Session): Promise<void> {
  const ofServices = Object.entries(world.env).filter(([name]) => name.startsWith('AWS_ENDPOINT_URL_'));
  const endpoint = [aws.place.endpoint, ...ofServices.map(([, url]) => url)].filter(Boolean).join(', ');
  if (endpoint === '') return;
  const { identity } = await import('./aws/identity.ts');
  const { account } = await identity(aws);
  screen.note(`Endpoint ${endpoint} instead of AWS, account ${account}`);
}

/** Hides values of unknown options, since somebody may have typed a password on the command line. */
const withoutValues = (text: string): string => text.replaceAll(/(--[\w-]+)=[^'\s]+/g, '$1=…');
