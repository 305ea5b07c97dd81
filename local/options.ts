import { parseArgs } from 'node:util';
import { refuseOptionsThatNpmTook, UsageError } from '../scripts/command-line.ts';

export const HELP = `Usage: npm run local [-- options]

Deploys the token refresher to a local AWS on this machine, with a token API of its own to talk to,
and shows how it keeps a token fresh. No AWS account, no Docker. Ctrl-C ends it and all it started.

  --once           end by itself once deploy, login, a scheduled renewal and a consumer's call were seen
                   (about a minute and a half)
  --endpoint URL   use the AWS emulator that already runs there: on a loopback host, and able to reach
                   this machine's 127.0.0.1
  --embedded       no emulator and no Python: the same function against a small in-memory AWS,
                   without a deployment
  --help           show this text
`;

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

const KNOWN = {
  once: { type: 'boolean' },
  endpoint: { type: 'string' },
  embedded: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/**
 * @param args what follows the script's name
 * @param environment where npm leaves options that were meant for the script but lack the `--` before them
 * @throws {UsageError}
 */
export function parseOptions(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Options {
  refuseOptionsThatNpmTook('local', ['once', 'embedded', 'endpoint'], environment);
  const { values, tokens } = parseArgs({ args: [...args], options: KNOWN, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === 'positional') throw new UsageError(`unexpected argument: ${token.value}`);
    if (token.kind === 'option') checkOption(token.rawName, token.name, token.value);
  }
  const { once, help, embedded, endpoint } = values;
  if (embedded && endpoint !== undefined)
    throw new UsageError('--embedded and --endpoint exclude each other');
  return { help: help === true, once: once === true, form: form(embedded === true, endpoint) };
}

function checkOption(written: string, name: string, value: string | undefined): void {
  if (!(name in KNOWN)) throw new UsageError(`unknown option: ${written}`);
  const takesValue = KNOWN[name as keyof typeof KNOWN].type === 'string';
  if (takesValue && !value) throw new UsageError(`${written} needs a value, such as http://127.0.0.1:4566`);
  if (!takesValue && value !== undefined) throw new UsageError(`${written} takes no value`);
}

function form(embedded: boolean, endpoint: string | boolean | undefined): Form {
  if (embedded) return { kind: 'embedded' };
  return typeof endpoint === 'string'
    ? { kind: 'endpoint', endpoint: loopbackEndpoint(endpoint) }
    : { kind: 'ministack' };
}

/** An endpoint elsewhere could be a real account, or pass the dummy credentials and tokens on to one. */
function loopbackEndpoint(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`--endpoint must be an http URL, such as http://127.0.0.1:4566, and is ${text}`);
  }
  if (!/^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname)) {
    throw new UsageError(
      `--endpoint must be on a loopback host (127.0.0.1, localhost, ::1) and is on ${url.hostname}`,
    );
  }
  if (url.href !== `${url.origin}/`)
    throw new UsageError('--endpoint must be a scheme, a host and a port, no more');
  return url.origin;
}
