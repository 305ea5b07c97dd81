import { LIMITS } from '../../contract/times.ts';
import { type ApiFault, apiFaults, type Ending } from './api-faults.ts';
import { awsFaults } from './aws-faults.ts';

/** A fault that is proved by a test of its own, named by file and title. */
export interface ProvedElsewhere {
  readonly fault: string;
  readonly does: string;
  readonly file: string;
  readonly title: string;
}

const REQUESTS = 'test/component/requests.test.ts';
const REPEATED = 'test/component/repeated-token.test.ts';
const CREDENTIALS = 'test/component/credentials.test.ts';

export const provedElsewhere: readonly ProvedElsewhere[] = [
  {
    fault: 'TLS certificate that nobody vouches for',
    does: '`ApiTlsFailed`: nothing is sent, tried again',
    file: 'test/component/tls.test.ts',
    title: 'the token API with a certificate that nobody vouches for gets no credentials',
  },
  {
    fault: 'host without an address, or that lets nobody connect',
    does: '`ApiUnreachable` or `ApiConnectTimeout`: nothing is sent, tried again; each of several addresses has 2 s, all have 4 s',
    file: 'test/component/http.test.ts',
    title: 'with one address is given up after 2 s, with several after 4 s',
  },
  {
    fault: 'new refresh token that cannot be kept',
    does: 'the access token is stored; the refresh token at hand is spent, so the next refresh is a login',
    file: REQUESTS,
    title: 'whose new refresh token cannot be kept never presents the old one again',
  },
  {
    fault: 'secret without a value',
    does: '`NoCredentials`: nobody is called, the log names the command that sets them',
    file: CREDENTIALS,
    title: 'that were never set: nobody is called, and the log says which command sets them',
  },
  {
    fault: 'secret that is not JSON, lacks a field or has an empty one',
    does: '`CredentialsMalformed`: nobody is called, the log names the field',
    file: CREDENTIALS,
    title: '%s: nobody is called, and nothing of them is told',
  },
  {
    fault: 'secret that is binary',
    does: 'read as UTF-8; what is not is `CredentialsMalformed`, and the log says that it is binary',
    file: CREDENTIALS,
    title: 'that were stored as bytes, with a byte order mark, are read',
  },
  {
    fault: 'refused credentials with white space or a line end around one of them',
    does: '`CredentialsRefused`: the log says so, and not what they are',
    file: CREDENTIALS,
    title: 'that are refused and end in a line end are hinted at',
  },
  {
    fault: 'credentials that are refused',
    does: '`CredentialsRefused`: presented again after 35 minutes, then daily; if they were never accepted, after a minute, then not again',
    file: CREDENTIALS,
    title: 'that are refused are not tried again by the next requests, nor by another container',
  },
  {
    fault: 'new credentials that are refused while the session lives',
    does: 'the alarm says so, the session goes on by refresh token',
    file: CREDENTIALS,
    title: 'that are new and wrong raise the alarm, and the session goes on',
  },
  {
    fault: 'new credentials while the login is down',
    does: 'the session goes on by refresh token; they are tried again a minute later, or when the API says, by the next request',
    file: CREDENTIALS,
    title: 'that are new while the login is down do not stop the session',
  },
  {
    fault:
      'refused credentials, and a refresh that meets a maintenance page, a redirect, 403, 404 or an outage',
    does: 'repeated until the refresh token is answered: credentials are no reason to give up',
    file: CREDENTIALS,
    title: 'that are refused do not end a request whose refresh token met $what',
  },
  {
    fault: 'access token that is the stored one, which a consumer reports as rejected',
    does: '`TokenRepeated`: a login, then again after pauses that grow',
    file: REPEATED,
    title: 'is no use to a consumer that met a 401 with it',
  },
  {
    fault: 'access token that is the stored one, otherwise',
    does: 'a success; a JWT is not written again',
    file: REPEATED,
    title: 'is enough for a tick, and a success, but is not written: a JWT states its own life',
  },
  {
    fault: 'access token that dies before the next tick',
    does: 'stored, and renewed 5 minutes before its end, or when half of its life is over',
    file: REPEATED,
    title: 'and dies before the next tick is asked for again when half of its life is over',
  },
  {
    fault: 'runs that die one after the other',
    does: '`RunsDied`: the pauses between logins double',
    file: REPEATED,
    title: 'after runs of a request that died, and may have shown the password, logins wait longer each time',
  },
  {
    fault: 'message that is no request',
    does: 'moved to the dead-letter queue with a reason',
    file: REQUESTS,
    title: 'goes to the dead-letter queue with a reason: %s',
  },
  {
    fault: 'dead-letter queue that takes nothing',
    does: 'the message stays on the queue and comes back',
    file: REQUESTS,
    title: 'stays on the queue while the dead-letter queue takes nothing',
  },
  {
    fault: 'request for a token that the environment does not have',
    does: '`UnknownToken`: acknowledged, counted, named in the log',
    file: REQUESTS,
    title: 'is another thing than a request for a token that this environment does not have',
  },
  {
    fault: 'queue that does not take a change of visibility',
    does: 'the message comes back when its visibility timeout of 60 s ends',
    file: REQUESTS,
    title: 'a queue that takes no change gives the message back when its visibility timeout ends',
  },
  {
    fault: 'stored session that cannot be read, or has another format',
    does: 'one login',
    file: REQUESTS,
    title: 'a stored session that is %s costs one login',
  },
  {
    fault: 'another container wrote half of a token and crashed, the session missing',
    does: 'the spent refresh token is not presented; one login',
    file: 'test/lambda/aws/state-store.test.ts',
    title:
      'that lost the session is seen by another container, which must not present the spent refresh token',
  },
  {
    fault: 'another container wrote half of a token and crashed, the access token missing',
    does: 'the new refresh token is used at once',
    file: 'test/lambda/aws/state-store.test.ts',
    title: 'that lost the access token is seen by another container, which may use the new refresh token',
  },
  {
    fault: 'stale read of Parameter Store',
    does: 'the container trusts what it wrote itself',
    file: 'test/lambda/aws/state-store.test.ts',
    title: 'is newer than a stale read',
  },
];

/** The whole of docs/faults.md. */
export function faultsDocument(): string {
  return `# What can go wrong, and what the refresher does

Each row is a test: over real sockets, with the real handler and SDK clients, before a real token API server and an AWS in
memory. This page is written from the tests' own tables (\`npm run docs\`); \`npm test\` fails when the two differ.

Whatever happens, the stored access token is replaced only by a well-formed one that lives, an attempt ends within 12
seconds (two more if the queue hangs as well), and neither password nor token appears in a log line, metric, error or dead
letter: every row asserts that too.

- **renewed**: a new access token is stored, by the call that met the fault.
- **login**: a new access token is stored, by a login in the same attempt.
- **again**: nothing new; the request stays on the queue, and the next attempt comes after 3 to 20 seconds, or when the
  API's \`Retry-After\` says; those after it come a minute apart if the refresh met an answer that is no outage. It succeeds
  once the fault is over.
- **ends**: nothing new, and not repeated; new credentials or the next tick go on.

## The token API

Proved by \`test/component/api-faults.test.ts\`, for the default, for OAuth with form and Basic, and for an API with a shape and
units of its own.

| fault | code | at refresh | at login |
|---|---|---|---|
${apiFaults.map(apiRow).join('\n')}

## AWS

Proved by \`test/component/aws-faults.test.ts\`. A token that was granted but not stored is kept in memory and written by the
next attempt, without another call to the token API. If that takes longer than ${LIMITS.storedWithinSeconds} s, a fresh one follows: consumers
take a token for as young as its parameter.

| fault | code | what happens |
|---|---|---|
${awsFaults.map(({ name, code }) => row(name, codes(code), code === undefined ? 'renewed' : 'again')).join('\n')}

## The rest

| fault | what happens | proved by |
|---|---|---|
${provedElsewhere.map(({ fault, does, file, title }) => row(fault, does, `\`${file}\`: ${title}`)).join('\n')}
`;
}

const WORDS: Readonly<Record<Ending, string>> = {
  ok: 'renewed',
  login: 'login',
  retry: 'again',
  ends: 'ends',
};

const apiRow = ({ name, code, refresh, login }: ApiFault): string =>
  row(name, codes(code), WORDS[refresh], WORDS[login]);

function codes(code: ApiFault['code']): string {
  if (code === undefined) return '';
  const named = typeof code === 'string' ? [code] : [code.refresh, code.login];
  return named.map((name) => `\`${name}\``).join(', ');
}

const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
