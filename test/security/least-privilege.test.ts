import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { wakeUpGroup } from '../../contract/requests.ts';
import { MINUTE } from '../../contract/times.ts';
import type { RecordedRequest } from '../../fakes/memory-aws/server.ts';
import {
  ACCESS_TOKEN,
  credentialsOf,
  openStage,
  PASSWORD,
  SECRET,
  SESSION,
  TOKEN,
} from '../component/stage.ts';
import { ROWS, type Row } from './permissions-table.ts';

const LAMBDA = join(import.meta.dirname, '../../lambda');

/** A function of its own. */
const CLEAN_UP = 'clean-up';

/** Actions that the services take in the function's name, and where AWS says so. */
const SERVICE_SIDE: Readonly<Record<string, { readonly because: string; readonly source: string }>> = {
  'kms:Decrypt': {
    because: 'GetParameters with decryption, and GetSecretValue, decrypt with the key',
    source: 'https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html',
  },
  'kms:Encrypt': {
    because: 'PutParameter of a standard SecureString encrypts directly under the key',
    source:
      'https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html',
  },
  'kms:GenerateDataKey': {
    because: 'PutParameter of an advanced SecureString encrypts in an envelope',
    source:
      'https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html',
  },
  'sqs:DeleteMessage': {
    because: 'the event source mapping deletes what was done',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html',
  },
  'sqs:GetQueueAttributes': {
    because: 'the event source mapping looks at the queue',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html',
  },
  'sqs:ReceiveMessage': {
    because: 'the event source mapping polls',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html',
  },
  'logs:CreateLogStream': {
    because: 'each container has a log stream',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html',
  },
  'logs:PutLogEvents': {
    because: 'the log',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html',
  },
};

const actionOf = ({ service, operation }: RecordedRequest): string => `${service}:${operation}`;
const unique = (items: readonly string[]): string[] => [...new Set(items)].sort();
const grantedTo = (principal: Row['principal']): string[] =>
  unique(ROWS.filter((row) => row.principal === principal).flatMap(({ actions }) => actions));

/** Names of the SDK commands in source files. */
const commandsIn = (folder: string): string[] =>
  unique(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.startsWith(CLEAN_UP))
      .flatMap(
        (file) => readFileSync(join(folder, file), 'utf8').match(/\bnew (?:\w+\.)?(\w+)Command\b/g) ?? [],
      )
      .map((found) => found.replace(/^new (?:\w+\.)?|Command$/g, '')),
  );

/** Everything that the function ever asks of AWS: each command of its source is sent at least once. */
async function everything(): Promise<readonly RecordedRequest[]> {
  const stage = await openStage();
  try {
    stage.storeCredentials(credentialsOf(PASSWORD));
    await stage.attempt();
    const tooSoon = await stage.attempt();
    expect(tooSoon.line.outcome).toBe('put-off');
    const dueAt = Date.now() + MINUTE;
    const wakeUp = { requestedBy: 'wake-up', since: Date.now(), dueAt } as const;
    await stage.attempt(wakeUp, { group: wakeUpGroup(TOKEN, dueAt) });
    await stage.attempt('no request');
    return [...stage.aws.requests];
  } finally {
    await stage.close();
  }
}

describe('what the function asks of AWS', async () => {
  const requests = await everything();

  it('is every command of its source', () => {
    expect(unique(requests.map(({ operation }) => operation))).toEqual(commandsIn(LAMBDA));
  });

  it('and what the services do in its name is what it may do: nothing is missing, nothing spare', () => {
    expect(grantedTo('refresher')).toEqual(unique([...requests.map(actionOf), ...Object.keys(SERVICE_SIDE)]));
  });

  it('concerns the resources that its permissions name', () => {
    const pairs = unique(
      requests.flatMap((request) =>
        request.resources.map((resource) => `${actionOf(request)} ${resource.replace(/^http.*\//, '')}`),
      ),
    );
    expect(pairs).toEqual(
      unique([
        `secretsmanager:DescribeSecret ${SECRET}`,
        `secretsmanager:GetSecretValue ${SECRET}`,
        'sqs:ChangeMessageVisibility requests.fifo',
        'sqs:SendMessage dead-letters.fifo',
        'sqs:SendMessage requests.fifo',
        ...[ACCESS_TOKEN, SESSION].flatMap((name) => [
          `ssm:GetParameters ${name}`,
          `ssm:PutParameter ${name}`,
        ]),
      ]),
    );
  });
});

it('the clean-up asks for what it may do, and nothing else', () => {
  const logging = ['logs:CreateLogStream', 'logs:PutLogEvents'];
  const asked = commandsIn(join(LAMBDA, CLEAN_UP)).map((command) => `ssm:${command}`);
  expect(grantedTo('cleanUp')).toEqual(unique([...asked, ...logging]));
});

it.each(['operator', 'reader', 'requester', 'cleanUp', 'schedules'] as const)(
  '%s can neither read credentials nor a session',
  (principal) => {
    const actions = grantedTo(principal);
    expect(actions).not.toContain('secretsmanager:GetSecretValue');
    if (principal !== 'reader') expect(actions.filter((action) => /^ssm:Get/.test(action))).toEqual([]);
  },
);
