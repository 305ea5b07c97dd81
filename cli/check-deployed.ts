import { environmentPrefix, parameterPath, requestQueueName, tokenResourceName } from '../contract/names.ts';
import { describeParameters } from './aws/parameters.ts';
import { depthOf } from './aws/queue.ts';
import { describeSecret } from './aws/secret.ts';
import { mappingStates, scheduleState, subscribersOf } from './aws/triggers.ts';
import type { Deployed } from './deployed.ts';
import { type Finding, failure, ok, warning } from './findings.ts';
import type { Session } from './session.ts';
import { isValid, statusOf } from './status-of.ts';
import { durationInWords } from './times-in-words.ts';

/** Whether what is deployed does its work. */
export async function checkDeployed(session: Session, deployed: Deployed): Promise<Finding[]> {
  const { aws, screen } = session;
  const { environment, account, region, stack } = deployed;
  screen.progress(`looking at ${stack}`);
  const [tokens, mapping, queues, subscribers] = await Promise.all([
    checkTokens(session, deployed),
    checkMapping(session, deployed),
    checkQueues(session, deployed),
    subscribersOf(aws, deployed.alarmTopic).then(checkSubscribers),
  ]);
  return [
    ok(`${stack} of ${environment}: account ${account}, ${region}`),
    ...tokens,
    mapping,
    ...queues,
    ...subscribers,
  ];
}

async function checkTokens(session: Session, deployed: Deployed): Promise<Finding[]> {
  const { aws, world, command } = session;
  const { environment } = deployed;
  const parameters = await describeParameters(aws, parameterPath(environment).slice(0, -1));
  const { tokens } = statusOf(deployed, { parameters, raised: [], attempts: undefined });
  const group = environmentPrefix(environment);
  const findings: Finding[] = [];
  for (const [index, status] of tokens.entries()) {
    const { token, stored } = status;
    const { current } = await describeSecret(aws, deployed.tokens[index]?.secret ?? '');
    findings.push(
      current === undefined
        ? failure(`${token}: no credentials are stored`, `${command} credentials ${environment} ${token}`)
        : ok(`${token}: credentials are stored`),
    );
    const state = await scheduleState(aws, group, tokenResourceName(environment, token));
    findings.push(
      state === 'ENABLED'
        ? ok(`${token}: its schedule is enabled`)
        : failure(
            `${token}: its schedule is ${state?.toLowerCase() ?? 'gone'}`,
            `npx cdk deploy ${deployed.stack} --force`,
          ),
    );
    const lives =
      stored?.expiresAt === undefined ? '' : `, valid for ${durationInWords(stored.expiresAt - world.now())}`;
    findings.push(
      isValid(status, world.now())
        ? ok(`${token}: a token is stored${lives}`)
        : failure(
            `${token}: ${stored === undefined ? 'no token is stored yet' : 'the stored token has expired'}`,
            `${command} why ${environment} ${token}`,
          ),
    );
  }
  return findings;
}

async function checkMapping({ aws }: Session, deployed: Deployed): Promise<Finding> {
  const { account, region, environment, operatorsPolicy, stack } = deployed;
  const [, partition = 'aws'] = operatorsPolicy.split(':');
  const queue = `arn:${partition}:sqs:${region}:${account}:${requestQueueName(environment)}`;
  const states = await mappingStates(aws, queue);
  return states.includes('Enabled')
    ? ok('the queue is connected to the function')
    : failure(
        `the queue is connected to no function (${states.join(', ') || 'no mapping'})`,
        `npx cdk deploy ${stack} --force`,
      );
}

async function checkQueues({ aws, command }: Session, deployed: Deployed): Promise<Finding[]> {
  const [requests, letters] = await Promise.all([
    depthOf(aws, deployed.requests),
    depthOf(aws, deployed.deadLetters),
  ]);
  const dead = letters.ready + letters.hidden;
  return [
    requests.ready === 0
      ? ok(`no request waits for the function (${requests.hidden} in progress or put off)`)
      : warning(
          `${requests.ready} requests wait for the function`,
          'Look again in a minute: is it throttled?',
        ),
    dead === 0
      ? ok('there are no dead letters')
      : warning(`there are ${dead} dead letters`, `${command} dead-letters ${deployed.environment}`),
  ];
}

function checkSubscribers(subscribers: Awaited<ReturnType<typeof subscribersOf>>): Finding[] {
  if (subscribers.length === 0) {
    return [failure('no address is told of alarms', 'Set alarmEmail, or subscribe to the alarm topic.')];
  }
  return subscribers.map(({ endpoint, isConfirmed }) =>
    isConfirmed
      ? ok(`alarms reach ${endpoint}`)
      : failure(
          `${endpoint} has not confirmed that it wants alarms`,
          'Confirm the e-mail from AWS. It is valid for two days: after that, deploy with another address and back.',
        ),
  );
}
