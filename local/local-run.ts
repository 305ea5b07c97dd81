/// <reference lib="esnext.disposable" />
import { SECOND } from '../contract/times.ts';
import { isolateThisProcess } from './clean-environment.ts';
import { deployToEndpoint, deployToMiniStack } from './deployed.ts';
import { startEmbedded } from './embedded.ts';
import { explainFailure, type Logs } from './failure.ts';
import { Interrupted, interruptible } from './interrupt.ts';
import type { LocalAws, Run } from './local-aws.ts';
import type { Form, Options } from './options.ts';
import { createProcesses } from './processes.ts';
import { PythonPackagesUnavailable } from './python-packages.ts';
import { startSandbox } from './sandbox.ts';
import { createScreen } from './screen.ts';
import { createSights, SIGHTS, type Sight, type Sights } from './sights.ts';
import { storeCredentials } from './store-credentials.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { showTimeline } from './timeline.ts';

/** The schedule fires 60 to 70 s after it was made, and a token rests for a minute. */
const SEEN_WITHIN_SECONDS = 180;

/**
 * The whole local run, until all was seen (`once`) or it is interrupted. Leaves nothing behind, however it ends.
 * @returns the exit code
 */
export async function localRun({ once, form }: Options): Promise<number> {
  const userEnvironment = { ...process.env };
  isolateThisProcess();
  const signal = interruptible();
  const screen = createScreen(process.stdout);
  const sights = createSights();
  const logs: Logs = { functionLines: [], emulator: () => '' };
  let aws: LocalAws | undefined;
  screen.note('The token refresher on a local AWS. Ctrl-C ends it and leaves nothing behind.\n');
  try {
    await using cleanUp = new AsyncDisposableStack();
    const folder = await temporaryFolder(cleanUp);
    const processes = createProcesses(signal);
    cleanUp.defer(processes.end);
    const { tokenApiUrl, user } = await startSandbox({ screen, cleanUp });
    const run: Run = { processes, screen, sights, logs, folder, cleanUp, userEnvironment, tokenApiUrl };

    aws = await startLocalAws(form, run);
    const secret = await storeCredentials(aws.endpoint, user);
    screen.line(`credentials     stored in secret ${secret}`);
    await showTimeline({ run, aws, enough: once ? allSeen(sights, aws.shows) : () => false });
  } catch (error) {
    const interrupted = signal.aborted ? signal.reason : error;
    if (interrupted instanceof Interrupted) {
      screen.line(`ended by ${interrupted.message}; nothing of this run is left`);
      return aws !== undefined && !once ? 0 : interrupted.exitCode;
    }
    explainFailure(error, { screen, logs });
    if (aws !== undefined) screen.note(`\n${sights.report(aws.shows)}`);
    return 1;
  }
  screen.note(`\n${sights.report(aws.shows)}\n\nAll that was started has ended; nothing of it is left.`);
  return 0;
}

async function startLocalAws(form: Form, run: Run): Promise<LocalAws> {
  if (form.kind === 'embedded') return startEmbedded(run);
  if (form.kind === 'endpoint') return deployToEndpoint(form.endpoint, run);
  try {
    return await deployToMiniStack(run);
  } catch (error) {
    if (!(error instanceof PythonPackagesUnavailable)) throw error;
    run.screen.line(`no MiniStack    ${error.message}: going on in the embedded form`);
    return startEmbedded(run);
  }
}

/** Answers whether all was seen that this form can show. Its answer throws when that takes too long. */
function allSeen(sights: Sights, expected: readonly Sight[]): () => boolean {
  const deadline = Date.now() + SEEN_WITHIN_SECONDS * SECOND;
  return () => {
    const missing = sights.missing(expected);
    if (missing.length > 0 && Date.now() > deadline) {
      const what = missing.map((sight) => SIGHTS[sight]).join('; ');
      throw new Error(`not seen within ${SEEN_WITHIN_SECONDS} s: ${what}`);
    }
    return missing.length === 0;
  };
}
