import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../local-account.ts';

const NAME = 'refresher';

/**
 * What Lambda tells a function of one invocation.
 *
 * @param remainingMs milliseconds until the function would be stopped
 */
export function lambdaContext(remainingMs: () => number): Context {
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName: NAME,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:${LOCAL_REGION}:${LOCAL_ACCOUNT}:function:${NAME}`,
    memoryLimitInMB: '512',
    awsRequestId: randomUUID(),
    logGroupName: `/aws/lambda/${NAME}`,
    logStreamName: 'memory-aws',
    getRemainingTimeInMillis: () => Math.max(0, remainingMs()),
    // Relics that the type asks for; the runtime of Node.js 24 has none of them.
    done: noRelic,
    fail: noRelic,
    succeed: noRelic,
  };
}

function noRelic(): never {
  throw new Error('Return or throw: callbacks are not supported since Node.js 24.');
}
