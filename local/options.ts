import { Command, InvalidArgumentError, Option } from 'commander';
import { optionsOf } from '../scripts/command-line.ts';

/** Where the local AWS comes from. */
export type Form =
  | { readonly kind: 'ministack' }
  | { readonly kind: 'endpoint'; readonly endpoint: string }
  | { readonly kind: 'embedded' };

export interface Options {
  readonly help: boolean;
  readonly once: boolean;
  readonly form: Form;
}

const command = (): Command =>
  new Command('npm run local --')
    .description(
      'Deploys the token refresher to a local AWS on this machine, with a token API of its own to talk to, and shows how it keeps a token fresh. No AWS account, no Docker. Ctrl-C ends it and all it started.',
    )
    .option(
      '--once',
      'end by itself once deploy, login, a scheduled renewal and a call by a consumer were seen (about a minute and a half)',
    )
    .option(
      '--endpoint <url>',
      "use the AWS emulator that already runs there: on a loopback host, and able to reach this machine's 127.0.0.1",
      loopbackEndpoint,
    )
    .addOption(
      new Option(
        '--embedded',
        'no emulator and no Python: the same function against a small in-memory AWS, without a deployment',
      ).conflicts('endpoint'),
    );

export const HELP = command().helpInformation();

/**
 * @param args what follows the script's name
 * @param environment where npm leaves options that were meant for the script but lack the `--` before them
 * @throws {UsageError}
 */
export function parseOptions(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Options {
  const given = optionsOf<{ once?: true; embedded?: true; endpoint?: string }>(
    'local',
    command(),
    args,
    environment,
  );
  return { help: given.help === true, once: given.once === true, form: form(given) };
}

function form({ embedded, endpoint }: { readonly embedded?: true; readonly endpoint?: string }): Form {
  if (embedded) return { kind: 'embedded' };
  return endpoint === undefined ? { kind: 'ministack' } : { kind: 'endpoint', endpoint };
}

/** An endpoint elsewhere could be a real account, or pass the dummy credentials and tokens on to one. */
function loopbackEndpoint(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new InvalidArgumentError('It must be an http URL, such as http://127.0.0.1:4566.');
  }
  if (!/^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname)) {
    throw new InvalidArgumentError('It must be on a loopback host: 127.0.0.1, localhost, ::1.');
  }
  if (url.href !== `${url.origin}/`)
    throw new InvalidArgumentError('It must be a scheme, a host and a port, no more.');
  return url.origin;
}
