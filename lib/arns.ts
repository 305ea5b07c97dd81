import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { environmentPrefix, requestQueueName } from '../contract/names.ts';

/** ARNs of resources with fixed names, in the account and Region of the scope's stack. */

/** @param name with its leading slash; may end in `*`. */
export const parameterArn = (scope: Construct, name: string): string =>
  Stack.of(scope).formatArn({ service: 'ssm', resource: 'parameter', resourceName: name.slice(1) });

/** @param name may end in `*`, as it must in a pattern: Secrets Manager adds six random characters. */
export const secretArn = (scope: Construct, name: string): string =>
  Stack.of(scope).formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName: name,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

export const requestQueueArn = (scope: Construct, environment: string): string =>
  Stack.of(scope).formatArn({ service: 'sqs', resource: requestQueueName(environment) });

export const scheduleGroupArn = (scope: Construct, environment: string): string =>
  Stack.of(scope).formatArn({
    service: 'scheduler',
    resource: 'schedule-group',
    resourceName: environmentPrefix(environment),
  });

/** Pattern of the ARNs of the environment's rules. Environment names have no hyphen, so it matches no other environment. */
export const ruleArns = (scope: Construct, environment: string): string =>
  Stack.of(scope).formatArn({
    service: 'events',
    resource: 'rule',
    resourceName: `${environmentPrefix(environment)}-*`,
  });

/** Pattern of the ARNs of the environment's alarms. */
export const alarmArns = (scope: Construct, environment: string): string =>
  Stack.of(scope).formatArn({
    service: 'cloudwatch',
    resource: 'alarm',
    resourceName: `${environmentPrefix(environment)}-*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

/**
 * ARN of the log group itself. What CDK and CloudFormation call its ARN ends in `:*` and stands for its streams.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
 */
export const logGroupArn = (scope: Construct, logGroupName: string): string =>
  Stack.of(scope).formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: logGroupName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
