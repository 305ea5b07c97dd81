import { expect, it } from 'vitest';
import { USER_AGENT } from '../../cli/aws/aws.ts';
import type { MemoryAws } from '../../fakes/memory-aws/server.ts';
import { openDeployedStage, runCli } from '../cli/cli-stage.ts';
import { credentialsOf, PASSWORD, TOKEN } from '../component/stage.ts';
import { ROWS } from './permissions-table.ts';

const POLICY = new Set(
  ROWS.filter(({ principal }) => principal === 'operator').flatMap(({ actions }) => actions),
);

/** AWS asks for no permission. */
const FREE = ['sts:GetCallerIdentity'];

/** Secrets Manager calls them in the operator's name. */
const BY_SECRETS_MANAGER = ['kms:Decrypt', 'kms:GenerateDataKey'];

/** Every command but those that are for administrators, in all its ways. */
async function callsOfAllCommands(): Promise<Set<string>> {
  const stage = await openDeployedStage();
  const { aws } = stage;
  aws.requests.length = 0;
  const calls = new Set<string>();
  const run = async (line: string, options = {}) => {
    // The refresher calls as well, under its own role: only what a command asks for counts.
    const before = aws.requests.length;
    const ran = await runCli(aws, line, options);
    for (const action of askedSince(aws, before)) calls.add(action);
    return ran;
  };
  for (const password of [PASSWORD, 'wrong']) {
    await run(`credentials sandbox ${TOKEN}`, { stdin: credentialsOf(password) });
  }
  await run(`credentials sandbox ${TOKEN} --restore`);
  for (const line of [
    `refresh sandbox ${TOKEN}`,
    `why sandbox ${TOKEN}`,
    'status',
    'status sandbox',
    'status no',
    'check sandbox --environments none',
  ]) {
    await run(line);
  }
  aws.queues.get('dead-letters.fifo').send({ body: 'odd', groupId: TOKEN, deduplicationId: '1' });
  for (const line of ['dead-letters sandbox', 'dead-letters sandbox --drop --yes']) await run(line);
  return calls;
}

const askedSince = ({ requests }: MemoryAws, from: number): string[] =>
  requests
    .slice(from)
    .filter(({ userAgent }) => userAgent.includes(USER_AGENT))
    .map(({ service, operation }) => `${service}:${operation}`);

it("the operators' managed policy is enough for the commands, and has nothing to spare", async () => {
  const calls = await callsOfAllCommands();
  expect(calls.size).toBeGreaterThan(8);
  expect([...calls].filter((action) => !POLICY.has(action) && !FREE.includes(action))).toEqual([]);
  const needed = [...calls, ...BY_SECRETS_MANAGER];
  expect([...POLICY].filter((action) => !needed.includes(action))).toEqual([]);
});
