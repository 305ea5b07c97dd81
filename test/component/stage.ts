import { onTestFinished } from 'vitest';
import { SETTINGS_FORMAT_VERSION, type TokenSettings } from '../../contract/function-settings.ts';
import { accessTokenParameter, credentialsSecret, sessionParameter } from '../../contract/names.ts';
import type { RefreshRequestBody } from '../../contract/requests.ts';
import { LIMITS, MINUTE } from '../../contract/times.ts';
import { defaultTokenApi, type TokenApiSettings } from '../../contract/token-api.ts';
import type { FifoQueue } from '../../fakes/memory-aws/fifo-queue.ts';
import type { ReceivedMessage } from '../../fakes/memory-aws/queue-message.ts';
import { type MemoryAws, startMemoryAws } from '../../fakes/memory-aws/server.ts';
import { sqsRecord } from '../../fakes/memory-aws/sqs-record.ts';
import { defaultShape, type TokenApiShape } from '../../fakes/token-api/shapes.ts';
import {
  startTokenApi,
  type TokenApi,
  type TokenApiOptions,
} from '../../fakes/token-api/token-api-server.ts';
import { awsEdges } from '../../lambda/aws-edges.ts';
import { createHandler, type Handler } from '../../lambda/create-handler.ts';
import { EMPTY_SESSION, hash, type Session } from '../../lambda/refresh/session.ts';
import type { MetricGroup } from '../../lambda/telemetry/measurements.ts';
import type { LogFields, Sink } from '../../lambda/telemetry/telemetry.ts';
import { markedSecret } from '../security/leaks.ts';

const ENVIRONMENT = 'sandbox';
export const TOKEN = 'payments-api';
export const ACCESS_TOKEN = accessTokenParameter(ENVIRONMENT, TOKEN);
export const SESSION = sessionParameter(ENVIRONMENT, TOKEN);
export const SECRET = credentialsSecret(ENVIRONMENT, TOKEN);
export const USERNAME = 'refresher-user';
export const PASSWORD = 'correct horse/battery+staple="é"';

/** What one run of the function did with one message. */
export interface Attempt {
  readonly line: LogFields & { readonly message: string };
  readonly metrics: readonly MetricGroup[];
  /** Seconds until the queue hands the message out again, or a wake-up for it; undefined: it is done with. */
  readonly retryInSeconds: number | undefined;
  readonly tookMs: number;
}

/** What the secret of a token API with certificates of its own holds. */
export const CERTIFIED = {
  fields: ['username', 'password'],
  certificates: { ca: 'ca', cert: 'cert', key: 'key', isOptional: true },
} as const;

/** A token API with certificates of its own. */
export const withCertificates = (baseUrl: string): TokenApiSettings =>
  defaultTokenApi(baseUrl, { certificates: true });

/** How a token API is spoken to, by both sides. */
export interface DescribedShape {
  readonly server: TokenApiShape;
  readonly describe: (baseUrl: string) => TokenApiSettings;
  /** The value of the secret. */
  readonly credentials: (password: string) => string;
  /** What is secret of them beside the password, and of the requests that show them. */
  readonly secrets: (received: TokenApi['received']) => readonly string[];
}

export interface StageOptions {
  readonly tokenApi?: Partial<TokenApiOptions>;
  readonly token?: Partial<TokenSettings>;
  /** Default: the one that needs no description. */
  readonly shape?: DescribedShape;
  /** How the token API is described, if not as the shape says. */
  readonly describe?: (baseUrl: string) => TokenApiSettings;
  /** Told each log line. */
  readonly onLine?: (line: LogFields & { readonly message: string }) => void;
}

/** The real handler and SDK clients over HTTP, before an AWS in memory and a real token API server. */
export interface Stage {
  readonly aws: MemoryAws;
  readonly api: TokenApi;
  readonly queue: FifoQueue;
  readonly deadLetters: FifoQueue;
  /** All that left the function: log lines, metrics, dead letters, descriptions. */
  emitted(): string;
  /** Passwords, what else is secret of the credentials, and of all tokens that were issued so far, stored or not. */
  secrets(): readonly string[];
  /** As a string, or as bytes. */
  storeCredentials(value: string | Buffer): void;
  /** Makes it ten minutes since a login, with or without a refresh token to go on with; answers the access token. */
  startWithToken(options?: { refreshToken?: boolean }): string;
  /** As if so many minutes had passed: the stored access token may be replaced, and credentials be tried again. Default: 2. */
  makeOlder(minutes?: number): void;
  /** The access token that consumers read now. */
  accessToken(): string | undefined;
  /** Value of a parameter now. */
  read(name: string): string | undefined;
  /** The function, as Lambda calls it. */
  readonly handler: Handler;
  /** Forgets what the container remembers. */
  newContainer(): void;
  /** Sends a message and lets the function handle it, as the so-manieth attempt. */
  attempt(
    message?: Partial<RefreshRequestBody> | string,
    options?: { group?: string; attempt?: number },
  ): Promise<Attempt>;
  close(): Promise<void>;
}

/** Closed when the test has finished, which may not be a concurrent one. */
export async function openStageForTest(options?: StageOptions): Promise<Stage> {
  const stage = await openStage(options);
  onTestFinished(stage.close);
  return stage;
}

export async function openStage({
  tokenApi = {},
  onLine = () => {},
  ...described
}: StageOptions = {}): Promise<Stage> {
  const aws = await startMemoryAws();
  const { shape = DEFAULT_SHAPE } = described;
  const secrets = [PASSWORD];
  const randomHex = () => {
    const secret = markedSecret();
    secrets.push(secret);
    return secret;
  };
  const users = { [USERNAME]: PASSWORD };
  const api = await startTokenApi({ users, randomHex, shape: shape.server, ...tokenApi });
  const deadLetters = aws.queues.create('dead-letters.fifo');
  const queue = aws.queues.create('requests.fifo', {
    visibilitySeconds: LIMITS.visibilitySeconds,
    contentBasedDeduplication: true,
    deduplicationScope: 'messageGroup',
  });
  const lines: (LogFields & { message: string })[] = [];
  const groups: MetricGroup[] = [];
  const sink: Sink = {
    log: (_, message, fields) => {
      const line = { message, ...fields };
      lines.push(line);
      onLine(line);
    },
    emit: (group) => groups.push(group),
  };
  const lettersSoFar: unknown[] = [];
  const letters = (): readonly unknown[] => {
    for (;;) {
      // Deleted, or the first of a message group would hide the others.
      const [letter] = deadLetters.receive();
      if (letter === undefined) return lettersSoFar;
      lettersSoFar.push(letter);
      deadLetters.delete(letter.receiptHandle);
    }
  };
  aws.secrets.createSecret({ Name: SECRET });
  const config = configOf({ aws, api }, described);
  const container = (): Handler => createHandler(config, awsEdges(config, { clients: clients(aws), sink }));
  let handler = container();
  let sent = 0;

  return {
    aws,
    api,
    queue,
    deadLetters,
    emitted: () => JSON.stringify([lines, groups, letters(), descriptions(aws)]),
    secrets: () => [...secrets, ...shape.secrets(api.received)],
    storeCredentials(value) {
      const stored =
        typeof value === 'string'
          ? { SecretString: value }
          : // Base64, as in the JSON of the API, where the SDK's type has bytes.
            { SecretBinary: value.toString('base64') as unknown as Uint8Array };
      aws.secrets.putSecretValue({ SecretId: SECRET, ...stored });
    },
    startWithToken({ refreshToken: keepsRefreshToken = true } = {}) {
      return putSession({ aws, api, shape, keepsRefreshToken });
    },
    makeOlder(minutes = 2) {
      const session: Session = JSON.parse(read(aws, SESSION) ?? '');
      const granted = session.granted && {
        ...session.granted,
        obtainedAt: session.granted.obtainedAt - minutes * MINUTE,
      };
      const failedLogins = session.failedLogins.map((failed) => ({
        ...failed,
        at: failed.at - minutes * MINUTE,
        shown: failed.shown.map((time) => time - minutes * MINUTE),
        ...(failed.notBefore !== undefined && { notBefore: failed.notBefore - minutes * MINUTE }),
      }));
      const { failing } = session;
      const refresh = failing?.refresh && {
        ...failing.refresh,
        at: failing.refresh.at - minutes * MINUTE,
      };
      const Value = JSON.stringify({
        ...session,
        granted,
        failedLogins,
        failing: failing && { ...failing, refresh },
      });
      aws.parameters.putParameter({ Name: SESSION, Value, Type: 'SecureString', Overwrite: true });
    },
    accessToken: () => read(aws, ACCESS_TOKEN),
    read: (name) => read(aws, name),
    handler: (event) => handler(event),
    newContainer: () => {
      handler = container();
    },
    async attempt(message = {}, { group = TOKEN, attempt = 1 } = {}) {
      const body =
        typeof message === 'string'
          ? message
          : JSON.stringify({ token: TOKEN, requestedBy: 'operator', ...message });
      queue.send({ body, groupId: group, deduplicationId: String(++sent) });
      const received = receiveOf(queue, group);
      const record = sqsRecord(received, queue.arn);
      record.attributes.ApproximateReceiveCount = String(attempt);
      const before = { lines: lines.length, groups: groups.length };
      const startedAt = Date.now();
      const { batchItemFailures } = await handler({ Records: [record] });
      const tookMs = Date.now() - startedAt;
      const visibleAt = queue.nextVisibleAt();
      const again = batchItemFailures.length > 0;
      queue.delete(received.receiptHandle);
      const line: Attempt['line'] = lines
        .slice(before.lines)
        .find(({ outcome }) => outcome !== undefined) ?? { message: 'nothing was logged' };
      const hidden =
        again && visibleAt !== undefined ? Math.round((visibleAt - Date.now()) / 1000) : undefined;
      return {
        line,
        metrics: groups.slice(before.groups),
        retryInSeconds: line.retryBy === 'wake-up' ? Number(line.retryInSeconds) : hidden,
        tookMs,
      };
    },
    async close() {
      await Promise.all([aws.close(), api.close()]);
    },
  };
}

/** Wake-ups of earlier attempts, in groups of their own, are left where they are. */
export function receiveOf(queue: FifoQueue, group: string): ReceivedMessage {
  for (;;) {
    const [received] = queue.receive();
    if (received === undefined) throw new Error('the queue handed out nothing');
    if (received.groupId === group) return received;
  }
}

/** What the stack would give the function. */
export function configOf(
  { aws, api }: Pick<Stage, 'aws' | 'api'>,
  { token = {}, shape = DEFAULT_SHAPE, describe = shape.describe }: Omit<StageOptions, 'tokenApi'> = {},
) {
  return {
    formatVersion: SETTINGS_FORMAT_VERSION,
    environment: ENVIRONMENT,
    tokens: {
      [TOKEN]: {
        api: describe(api.baseUrl),
        credentialsSecretId: SECRET,
        intervalSeconds: 1500,
        accessTokenLifetimeSeconds: 1800,
        refreshTokenLifetimeSeconds: 604_800,
        ...token,
      },
    },
    keyArn: 'arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555',
    queueUrl: aws.queues.url('requests.fifo'),
    deadLetterQueueUrl: aws.queues.url('dead-letters.fifo'),
  } as const;
}

const clients = ({ endpoint }: MemoryAws) => ({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

/** @param certificates fields beside user name and password. */
export const credentialsOf = (password: string, certificates: object = {}): string =>
  JSON.stringify({ username: USERNAME, password, ...certificates });

export const DEFAULT_SHAPE: DescribedShape = {
  server: defaultShape,
  describe: defaultTokenApi,
  credentials: credentialsOf,
  secrets: () => [],
};

function putSession({
  aws,
  api,
  shape,
  keepsRefreshToken,
}: {
  aws: MemoryAws;
  api: TokenApi;
  shape: DescribedShape;
  keepsRefreshToken: boolean;
}): string {
  const { VersionId = '' } = aws.secrets.putSecretValue({
    SecretId: SECRET,
    SecretString: shape.credentials(PASSWORD),
  });
  const issued = api.model.login(USERNAME, PASSWORD);
  if (issued === undefined) throw new Error('the token API refused the login');
  const { token, refreshToken } = issued;
  const obtainedAt = Date.now() - 10 * MINUTE;
  const session: Session = {
    ...EMPTY_SESSION,
    granted: {
      accessTokenHash: hash(token),
      how: 'login',
      obtainedAt,
      expiresAt: obtainedAt + 30 * MINUTE,
      credentialsVersion: VersionId,
      ...(keepsRefreshToken && { refreshToken }),
    },
  };
  const put = (Name: string, Value: string) =>
    aws.parameters.putParameter({ Name, Value, Type: 'SecureString' });
  put(SESSION, JSON.stringify(session));
  put(ACCESS_TOKEN, token);
  return token;
}

function read(aws: MemoryAws, name: string): string | undefined {
  const { Parameters } = aws.parameters.getParameters({ Names: [name], WithDecryption: true });
  return Parameters?.[0]?.Value;
}

function descriptions(aws: MemoryAws): unknown {
  return aws.parameters.describeParameters({});
}
