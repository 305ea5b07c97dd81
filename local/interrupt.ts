/** Why a run ends before its end. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly exitCode: number;

  constructor(what: string, exitCode: number) {
    super(what);
    this.exitCode = exitCode;
  }
}

/** Exit codes as shells count: 128 and the number of the signal. */
const SIGNALS = {
  SIGINT: { what: 'Ctrl-C', exitCode: 130 },
  SIGTERM: { what: 'SIGTERM', exitCode: 143 },
  SIGHUP: { what: 'the end of the terminal', exitCode: 129 },
} as const;

const BROKEN_PIPE_EXIT_CODE = 141;

const PARENT_POLL_MS = 500;

/** Aborts when nobody wants this run any longer. Later calls for an end change nothing: it is on its way. */
export function interruptible(): AbortSignal {
  const controller = new AbortController();
  const interrupt = (what: string, exitCode: number) => controller.abort(new Interrupted(what, exitCode));
  for (const [name, { what, exitCode }] of Object.entries(SIGNALS)) {
    process.on(name, () => interrupt(what, exitCode));
  }
  process.stdout.on('error', () => interrupt('a closed output', BROKEN_PIPE_EXIT_CODE));
  // npm passes SIGTERM on to a shell between it and this process, and the shell to nobody.
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) interrupt('the end of its parent process', SIGNALS.SIGTERM.exitCode);
  }, PARENT_POLL_MS).unref();
  return controller.signal;
}
