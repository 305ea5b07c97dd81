import { Aws, type Place } from './aws/aws.ts';
import type { Circumstances } from './aws/explain.ts';
import { Failure } from './failure.ts';
import { Screen } from './screen.ts';
import type { World } from './world.ts';

/** The options that all commands have. */
export interface CommonOptions {
  readonly region?: string;
  readonly profile?: string;
  readonly endpointUrl?: string;
  readonly account?: string;
  readonly stack?: string;
  readonly json?: true;
}

/** One run of a command. */
export class Session {
  readonly world: World;
  readonly options: CommonOptions;
  readonly screen: Screen;
  readonly aws: Aws;
  /** What an error can be explained with; grows as things become known. */
  circumstances: Circumstances;
  /** How this command line is called. */
  readonly command: string;
  /** Said when the person ends the command. */
  interruption = 'Interrupted.';

  constructor(world: World, options: CommonOptions) {
    const { region, profile, endpointUrl = world.env.AWS_ENDPOINT_URL } = options;
    const place: Place = {
      ...(region !== undefined && { region }),
      ...(profile !== undefined && { profile }),
      ...(endpointUrl && { endpoint: endpointUrl }),
    };
    this.world = world;
    this.options = options;
    this.screen = new Screen(world);
    const endpoint = options.endpointUrl === undefined ? {} : { endpoint: options.endpointUrl };
    this.aws = new Aws(place, { ...endpoint, ...world.clientSettings });
    this.circumstances = { place, environment: undefined, policy: undefined, adoptedSecret: undefined };
    this.command = commandOf(world.env);
  }

  /** What went wrong, and what to do. @returns the exit code */
  async tell(error: unknown): Promise<number> {
    const failure =
      error instanceof Failure
        ? error
        : (await import('./aws/explain.ts')).explain(error, this.circumstances);
    this.screen.note(failure.message);
    if (failure.remedy !== undefined) this.screen.note(failure.remedy);
    return failure.exitCode;
  }
}

/** The script of a checkout, or the package's own. Never npx without `--no`: it would install a stranger's package. */
export const commandOf = (env: NodeJS.ProcessEnv): string =>
  env.npm_lifecycle_event === 'tokens' ? 'npm run tokens --' : 'npx --no token-refresher';
