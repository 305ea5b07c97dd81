import { expect, it } from 'vitest';
import { REJECTION_REASON_ATTRIBUTE } from '../../contract/requests.ts';
import type { MemoryAws } from '../../fakes/memory-aws/server.ts';
import { TOKEN } from '../component/stage.ts';
import { openDeployedStage, runCli } from './cli-stage.ts';
import { runAtTerminal } from './terminal.ts';

async function openWithLetters(): Promise<MemoryAws> {
  const { aws } = await openDeployedStage();
  const queue = aws.queues.get('dead-letters.fifo');
  const reason = { [REJECTION_REASON_ATTRIBUTE]: { DataType: 'String', StringValue: 'not JSON' } };
  queue.send({ body: 'hello\u001b[2J', groupId: 'hostile', deduplicationId: '1', attributes: reason });
  queue.send({ body: '{"token":"x"}', groupId: TOKEN, deduplicationId: '2' });
  return aws;
}

const counts = (aws: MemoryAws) => aws.queues.get('dead-letters.fifo').counts();

it('shows each with its reason, and leaves it where it is', async () => {
  const aws = await openWithLetters();
  const ran = await runCli(aws, 'dead-letters sandbox');
  expect(ran.out).toBe(
    [
      'hostile, 0 s ago: not JSON',
      '  hello [2J',
      `${TOKEN}, 0 s ago: received 1 times`,
      '  {"token":"x"}',
      'More: docs/runbook.md#dead-letters',
      'To drop them:',
      '  npm run tokens -- dead-letters sandbox --drop',
      '',
    ].join('\n'),
  );
  expect(ran).toMatchObject({ exitCode: 1, err: '' });
  expect(counts(aws)).toEqual({ all: 2, inFlight: 0 });
});

it('prints JSON, without what receives are known by', async () => {
  const { out } = await runCli(await openWithLetters(), 'dead-letters sandbox --json');
  expect(JSON.parse(out)).toEqual([
    { body: 'hello\u001b[2J', group: 'hostile', sentAt: expect.any(Number), receives: 1, reason: 'not JSON' },
    { body: '{"token":"x"}', group: TOKEN, sentAt: expect.any(Number), receives: 1 },
  ]);
});

it('drops what it has shown, if it may', async () => {
  const aws = await openWithLetters();
  expect(await runCli(aws, 'dead-letters sandbox --drop')).toMatchObject({ exitCode: 2, out: '' });
  expect(counts(aws).all).toBe(2);
  expect(await runCli(aws, 'dead-letters sandbox --drop --yes')).toMatchObject({
    exitCode: 0,
    err: 'Dropped: 2.\n',
  });
  expect(counts(aws).all).toBe(0);
  expect(await runCli(aws, 'dead-letters sandbox')).toEqual({
    exitCode: 0,
    out: 'There are no dead letters.\n',
    err: '',
  });
});

it.each([
  ['y', 0],
  ['n', 2],
  ['\u0003', 2],
])('asks at a terminal: %j', async (typed, left) => {
  const aws = await openWithLetters();
  await runAtTerminal(aws, 'dead-letters sandbox --drop', [['Drop all 2? [y/N]', typed]]);
  expect(counts(aws).all).toBe(left);
});

it('says that more of a token are behind those shown', async () => {
  const { aws } = await openDeployedStage();
  const queue = aws.queues.get('dead-letters.fifo');
  for (let index = 0; index < 12; index++) {
    queue.send({ body: `${index}`, groupId: TOKEN, deduplicationId: `${index}` });
  }
  const { err } = await runCli(aws, 'dead-letters sandbox');
  expect(err).toBe('2 more of the same tokens can be seen once these are gone.\n');
});
