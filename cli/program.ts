import { type Argument, Command, InvalidArgumentError } from 'commander';
import { EXIT } from './failure.ts';
import { type CommonOptions, commandOf, type Session } from './session.ts';
import type { World } from './world.ts';

/** What a command does, in a session of its own; answers the exit code. */
export type Run = (work: (session: Session) => Promise<number>, options: CommonOptions) => Promise<void>;

/**
 * The commands and their help. What a command needs, such as an AWS client, is loaded when it runs.
 *
 * @param run is called once, by the command that was asked for
 */
export function program(world: World, run: Run): Command {
  const name = commandOf(world.env);
  const root = new Command('token-refresher')
    .description('Runs what token-refresher deploys: credentials, state, refreshes, checks.')
    .usage('<command> [options]')
    .showHelpAfterError('(--help says more)')
    // Without `[options]`, which leaves the descriptions too little of 80 columns.
    .configureHelp({
      subcommandTerm: (one) => `${one.name()} ${one.registeredArguments.map(argumentTerm).join(' ')}`,
    })
    .addHelpText('after', helpOn(name));

  const command = (usage: string, description: string, examples: readonly string[]): Command =>
    root
      .command(usage)
      .description(description)
      .option('--region <region>', 'AWS Region; default: as the AWS CLI finds it')
      .option('--profile <profile>', 'AWS profile; default: AWS_PROFILE')
      .option('--account <id>', 'refuse to work in another AWS account')
      .option('--stack <name>', 'stack that holds the environment; default: TokenRefresher-<environment>')
      .option('--endpoint-url <url>', 'another endpoint than AWS; default: AWS_ENDPOINT_URL')
      .option('--json', 'print JSON')
      .addHelpText('after', ['', 'Examples:', ...examples.map((line) => `  ${name} ${line}`)].join('\n'));

  command(
    'credentials <environment> <token>',
    'Ask for the credentials, store them, and wait for the verdict.',
    [
      'credentials sandbox payments-api',
      'credentials sandbox crm --file privateKey=key.pem',
      'credentials sandbox payments-api < credentials.json',
    ],
  )
    .option('--file <field=path>', 'take a field from a file, such as PEM; may be repeated', collect)
    .option('--restore', 'go back to the previous credentials instead')
    .option('--wait <seconds>', 'how long to wait for the verdict', seconds, 120)
    .action((environment, token, options) =>
      run(async (session) => {
        const { credentials } = await import('./commands/credentials.ts');
        return credentials(session, environment, token, options);
      }, options),
    );

  command('status [environment]', 'Show all tokens: validity, age, failures, alarms. Decrypts nothing.', [
    'status sandbox',
    'status --watch',
    'status production --json',
  ])
    .option('--watch', 'look again every 10 s, until Ctrl-C')
    .action((environment, options) =>
      run(async (session) => {
        const { status } = await import('./commands/status.ts');
        return status(session, environment, options);
      }, options),
    );

  command('refresh <environment> <token>', 'Ask for a refresh now, and wait for what comes of it.', [
    'refresh sandbox payments-api',
    'refresh sandbox payments-api --retry-refused',
  ])
    .option('--retry-refused', 'one extra try of credentials that were refused, once an hour')
    .option('--wait <seconds>', 'how long to wait for the attempt', seconds, 60)
    .action((environment, token, options) =>
      run(async (session) => {
        const { refresh } = await import('./commands/refresh.ts');
        return refresh(session, environment, token, options);
      }, options),
    );

  command('why <environment> <token>', 'Tell the last attempts in words, and what to do next.', [
    'why sandbox payments-api',
    'why sandbox payments-api --last 30',
  ])
    .option('--last <count>', 'how many attempts', count, 10)
    .action((environment, token, options) =>
      run(async (session) => {
        const { why } = await import('./commands/why.ts');
        return why(session, environment, token, options);
      }, options),
    );

  command('check <environment>', 'Check settings and token APIs before a deployment, and what is deployed.', [
    'check sandbox',
    'check sandbox --log-in payments-api',
  ])
    .option('--log-in <token>', 'one login from this machine, with credentials typed in')
    .option('--environments <file>', 'where the settings are, in a checkout', 'environments.ts')
    .action((environment, options) =>
      run(async (session) => {
        const { check } = await import('./commands/check.ts');
        return check(session, environment, options);
      }, options),
    );

  command('show <environment> <token>', 'Show the access token, after asking.', [
    'show sandbox payments-api',
    'show sandbox payments-api --plain | …',
  ])
    .option('--plain', 'print it without asking, for a pipe')
    .action((environment, token, options) =>
      run(async (session) => {
        const { show } = await import('./commands/show.ts');
        return show(session, environment, token, options);
      }, options),
    );

  command('dead-letters <environment>', 'Show the messages that the function could not use.', [
    'dead-letters sandbox',
    'dead-letters sandbox --drop',
  ])
    .option('--drop', 'delete what is shown, after asking')
    .option('--yes', 'without asking')
    .action((environment, options) =>
      run(async (session) => {
        const { deadLetters } = await import('./commands/dead-letters.ts');
        return deadLetters(session, environment, options);
      }, options),
    );

  command('adopt', 'List secrets that look like credentials, as entries for environments.ts.', [
    'adopt',
  ]).action((options) =>
    run(async (session) => {
      const { adopt } = await import('./commands/adopt.ts');
      return adopt(session);
    }, options),
  );

  command('destroy <environment> [cdkOptions...]', 'Tell what stays, then cdk destroy, in a checkout.', [
    'destroy sandbox',
    'destroy production --force',
  ])
    .allowUnknownOption()
    .action((environment, cdkOptions, options) =>
      run(async (session) => {
        const { destroy } = await import('./commands/destroy.ts');
        return destroy(session, environment, cdkOptions);
      }, options),
    );

  return root;
}

const helpOn = (name: string): string => `
Exit codes: ${EXIT.ok} ok; ${EXIT.notOk} something is not ok, or AWS does not do its part;
${EXIT.badInput} what was typed is wrong or does not exist; ${EXIT.interrupted} Ctrl-C.

Examples:
  ${name} credentials sandbox payments-api
  ${name} status sandbox
  ${name} why sandbox payments-api`;

const argumentTerm = (argument: Argument): string =>
  argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

function count(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new InvalidArgumentError('It wants a whole number from 1 to 999.');
  return Number(text);
}

const seconds = count;
