import { setTimeout as sleep } from 'node:timers/promises';
import { MINUTE } from '../../contract/times.ts';
import { defaultTokenApi } from '../../contract/token-api.ts';
import { hash, type Session } from '../../lambda/refresh/session.ts';
import { selfSigned } from '../component/certificate.ts';
import {
  ACCESS_TOKEN,
  credentialsOf,
  PASSWORD,
  SESSION,
  type Stage,
  type StageOptions,
  TOKEN,
  USERNAME,
  withCertificates,
} from '../component/stage.ts';
import type { FunctionProcess } from './function-output.ts';
import { markedSecret } from './leaks.ts';

/** A fault of the third table of docs/faults.md, brought about for the function in a process of its own. */
export interface OtherFault {
  readonly stage?: StageOptions;
  readonly play: (stage: Stage, lambda: FunctionProcess) => Promise<void>;
  /** What the output says if the fault has come about. */
  readonly shows: string;
}

/** Not the password; as secret as that. */
export const WRONG_PASSWORD = markedSecret();

const server = selfSigned('server');
const client = selfSigned('client');

/** Of the client certificate in the credentials. */
export const PRIVATE_KEY_LINES = client.key
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('-'));

const always = Number.POSITIVE_INFINITY;
const certified = (fields: object): string => credentialsOf(PASSWORD, fields);

const put = ({ aws }: Stage, Name: string, Value: string): void => {
  aws.parameters.putParameter({ Name, Value, Type: 'SecureString', Overwrite: true });
};
const session = (stage: Stage): Session => JSON.parse(stage.read(SESSION) ?? '');

/** Both endpoints grant this access token. */
function handOutAgain({ api }: Stage, token: string): void {
  for (const endpoint of ['login', 'refresh'] as const) {
    api.faults.add(endpoint, {
      kind: 'change',
      change: ({ status, body }) => ({ status, body: { data: { ...Object(body).data, token } } }),
    });
  }
}

/** By their names there. */
export const otherFaults: Readonly<Record<string, OtherFault>> = {
  'TLS certificate that nobody vouches for': {
    stage: { tokenApi: { tls: server } },
    async play(stage, { handle }) {
      stage.startWithToken();
      await handle();
    },
    shows: '"code":"ApiTlsFailed"',
  },
  'host without an address, or that lets nobody connect': {
    stage: { describe: () => defaultTokenApi('https://no-such-host.invalid') },
    async play(stage, { handle }) {
      stage.startWithToken();
      await handle();
    },
    shows: '"outcome":"failed"',
  },
  'new refresh token that cannot be kept': {
    async play(stage, { handle }) {
      stage.startWithToken();
      const body = { data: { token: 'abc', refreshToken: WRONG_PASSWORD.repeat(200) } };
      stage.api.faults.add('refresh', { kind: 'answer', status: 200, body });
      await handle();
      stage.makeOlder();
      await handle();
    },
    shows: '"how":"login"',
  },
  'secret without a value': {
    play: (_, { handle }) => handle(),
    shows: '"code":"NoCredentials"',
  },
  'secret that is not JSON, lacks a field or has an empty one': {
    stage: { describe: withCertificates },
    async play(stage, { handle }) {
      const { key, cert } = client;
      const values = [
        PASSWORD,
        `${USERNAME}:${PASSWORD}`,
        credentialsOf(PASSWORD).slice(0, -1),
        JSON.stringify({ password: PASSWORD }),
        JSON.stringify({ username: '', password: PASSWORD }),
        JSON.stringify({ [PASSWORD]: USERNAME }),
        certified({ key }),
        certified({ cert, key: key.slice(0, -60) }),
        certified({ cert: server.cert, key }),
      ];
      for (const value of values) {
        stage.storeCredentials(value);
        await handle();
      }
    },
    shows: 'fields cert and key do not belong together',
  },
  'secret that is binary': {
    async play(stage, { handle }) {
      stage.storeCredentials(Buffer.from(credentialsOf(PASSWORD), 'utf16le'));
      await handle();
    },
    shows: 'the secret is binary',
  },
  'refused credentials with white space or a line end around one of them': {
    async play(stage, { handle }) {
      stage.storeCredentials(credentialsOf(`${WRONG_PASSWORD}\n`));
      await handle();
    },
    shows: 'ends with a line end',
  },
  'credentials that are refused': {
    async play(stage, { handle }) {
      stage.storeCredentials(credentialsOf(WRONG_PASSWORD));
      await handle();
      await handle({ retryRefused: true });
    },
    shows: '"code":"CredentialsRefused"',
  },
  'new credentials that are refused while the session lives': {
    async play(stage, { handle }) {
      stage.startWithToken();
      stage.storeCredentials(credentialsOf(WRONG_PASSWORD));
      await handle({ requestedBy: 'credentials' });
    },
    shows: '"credentials":"refused"',
  },
  'new credentials while the login is down': {
    async play(stage, { handle }) {
      stage.startWithToken();
      stage.storeCredentials(credentialsOf(PASSWORD));
      stage.api.faults.add('login', { kind: 'answer', status: 503 });
      await handle();
    },
    shows: '"how":"refresh"',
  },
  'refused credentials, and a refresh that meets a maintenance page, a redirect, 403, 404 or an outage': {
    async play(stage, { handle }) {
      stage.startWithToken();
      stage.storeCredentials(credentialsOf(WRONG_PASSWORD));
      stage.api.faults.add('refresh', {
        kind: 'answer',
        status: 200,
        body: `<html>${WRONG_PASSWORD}</html>`,
      });
      await handle();
      await handle();
    },
    shows: '"code":"AnswerNotJson"',
  },
  'access token that is the stored one, which a consumer reports as rejected': {
    async play(stage, { handle }) {
      handOutAgain(stage, stage.startWithToken());
      await handle({ rejectedVersion: 1 });
    },
    shows: '"code":"TokenRepeated"',
  },
  'access token that is the stored one, otherwise': {
    async play(stage, { handle }) {
      handOutAgain(stage, stage.startWithToken());
      await handle();
    },
    shows: '"outcome":"refreshed"',
  },
  'access token that dies before the next tick': {
    stage: { tokenApi: { expiresIn: 600 } },
    async play(stage, { handle }) {
      stage.startWithToken();
      await handle();
    },
    shows: '"retryBy":"wake-up"',
  },
  'runs that die one after the other': {
    async play(stage, { handle }) {
      stage.startWithToken({ refreshToken: false });
      await handle({}, TOKEN, 4);
    },
    shows: '"code":"RunsDied"',
  },
  'message that is no request': {
    async play(_, { handle }) {
      await handle(WRONG_PASSWORD);
      await handle(JSON.stringify({ token: WRONG_PASSWORD }), WRONG_PASSWORD);
      await handle(JSON.stringify({ [WRONG_PASSWORD]: WRONG_PASSWORD }));
      await handle({ requestedBy: WRONG_PASSWORD as 'consumer' });
    },
    shows: '"code":"InvalidRequest"',
  },
  'dead-letter queue that takes nothing': {
    async play(stage, { handle }) {
      stage.aws.faults.add({ operation: 'SendMessage', fault: 'deny', times: always });
      await handle(WRONG_PASSWORD);
    },
    shows: '"code":"QueueTrouble"',
  },
  'request for a token that the environment does not have': {
    play: (_, { handle }) =>
      handle(JSON.stringify({ token: WRONG_PASSWORD, requestedBy: 'consumer' }), WRONG_PASSWORD),
    shows: '"code":"UnknownToken"',
  },
  'queue that does not take a change of visibility': {
    async play(stage, { handle }) {
      stage.startWithToken();
      stage.api.faults.add('refresh', { kind: 'answer', status: 503 });
      stage.aws.faults.add({ operation: 'ChangeMessageVisibility', fault: 'deny', times: always });
      await handle();
    },
    shows: '"code":"QueueTrouble"',
  },
  'stored session that cannot be read, or has another format': {
    async play(stage, { handle }) {
      stage.startWithToken();
      put(stage, SESSION, JSON.stringify(session(stage)).slice(0, -1));
      await handle();
    },
    shows: '"how":"login"',
  },
  'another container wrote half of a token and crashed, the session missing': {
    async play(stage, { handle }) {
      stage.startWithToken();
      // By its time of writing the token is newer than the session.
      await sleep(10);
      put(stage, ACCESS_TOKEN, WRONG_PASSWORD);
      await handle();
    },
    shows: '"how":"login"',
  },
  'another container wrote half of a token and crashed, the access token missing': {
    async play(stage, { handle }) {
      stage.startWithToken();
      const { granted, ...rest } = session(stage);
      put(
        stage,
        SESSION,
        JSON.stringify({ ...rest, granted: { ...granted, accessTokenHash: hash(markedSecret()) } }),
      );
      await handle();
    },
    shows: '"how":"refresh"',
  },
  'stale read of Parameter Store': {
    async play(stage, { handle }) {
      stage.startWithToken();
      await handle();
      stage.aws.parameters.staleReads = { withinMs: MINUTE };
      await handle();
    },
    shows: '"outcome":"put-off"',
  },
};

/** Beyond that table: what certificates beside the credentials can do. */
export const certificateFaults: Readonly<Record<string, OtherFault>> = {
  'a client certificate': {
    stage: { tokenApi: { tls: server }, describe: withCertificates },
    async play(stage, { handle }) {
      stage.storeCredentials(certified({ ca: server.cert, ...client }));
      await handle();
    },
    shows: '"how":"login"',
  },
  'a client certificate, and an authority that did not sign for the API': {
    stage: { tokenApi: { tls: server }, describe: withCertificates },
    async play(stage, { handle }) {
      stage.storeCredentials(certified({ ca: client.cert, ...client }));
      await handle();
    },
    shows: '"code":"ApiTlsFailed"',
  },
};
