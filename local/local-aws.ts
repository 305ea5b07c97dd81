/// <reference lib="esnext.disposable" />
import type { Logs } from './failure.ts';
import type { Processes } from './processes.ts';
import type { Screen } from './screen.ts';
import type { Sight, Sights } from './sights.ts';

/** One local run: what its parts share. */
export interface Run {
  readonly processes: Processes;
  readonly screen: Screen;
  readonly sights: Sights;
  readonly logs: Logs;
  /** For all temporary files. */
  readonly folder: string;
  /** Ends in reverse order what the parts began, however the run ends. */
  readonly cleanUp: AsyncDisposableStack;
  /** The environment of the user's shell, for what needs it. */
  readonly userEnvironment: NodeJS.ProcessEnv;
  readonly tokenApiUrl: string;
}

/** A local AWS in which the refresher works, whichever form it has. */
export interface LocalAws {
  readonly endpoint: string;
  /** What this form can show. */
  readonly shows: readonly Sight[];
  /** Lines of the function's log that are new since the last call. */
  newLogLines(): Promise<readonly string[]>;
}
