import { type CfnResource, CustomResource, Duration, Lazy, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  EventInvokeConfig,
  Function as Lambda,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct, type IConstruct, type IDependable } from 'constructs';
import type { CleanUpProperties } from '../contract/clean-up.ts';
import { accessTokenParameter, sessionParameter } from '../contract/names.ts';
import { parameterArn } from './arns.ts';
import { cleanUpCode, HANDLER } from './functions/function-code.ts';
import { acknowledgePatterns } from './nag.ts';
import { writeLog } from './permissions/write-log.ts';

export interface CleanUpProps {
  readonly environment: string;
  /** Names of the tokens; read at synthesis. */
  readonly tokens: () => readonly string[];
  /**
   * Its new code must be live before anything is deleted, or it would write again. It depends on the request queue, whose
   * name only one stack can have, so a second stack of the same environment fails before it deletes anything.
   */
  readonly function: IDependable;
  readonly logRetention: RetentionDays;
}

/** Enough for two rounds of throttled deletions, a pause of one function timeout between them, and the answer. */
const TIMEOUT = Duration.minutes(3);

/**
 * Lambda would retry CloudFormation's event for six hours. Older events are dropped, so that the last run has ended before
 * CloudFormation gives up and rolls back: a later run would delete the parameters of tokens that are kept.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
const MOST_EVENT_AGE = Duration.minutes(5);

/** CloudFormation gives up after this time. The default is an hour. */
const ANSWER_TIMEOUT = Duration.minutes(10);

const RESOURCE_TYPE = 'Custom::TokenRefresherCleanUp';

/**
 * Deletes the parameters that the function wrote and CloudFormation does not know: those of removed tokens when the stack is
 * updated, all when it is deleted. No live access token may stay behind.
 *
 * Schedules and rules must depend on it, so that they are deleted first.
 */
export class CleanUp extends Construct {
  readonly resource: CustomResource;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: CleanUpProps) {
    super(scope, id);
    const { environment, tokens } = props;
    const logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = this.#makeRole(environment, logGroup);
    const handler = this.#makeFunction(environment, logGroup);
    const events = new EventInvokeConfig(this, 'Events', { function: handler, maxEventAge: MOST_EVENT_AGE });
    this.resource = new CustomResource(this, 'Resource', {
      resourceType: RESOURCE_TYPE,
      serviceToken: handler.functionArn,
      serviceTimeout: ANSWER_TIMEOUT,
      properties: {
        Environment: environment,
        Tokens: Lazy.list({ produce: () => tokens().toSorted() }),
      } satisfies CleanUpProperties,
    });
    // The age limit exists before the first event and is deleted after the last.
    this.resource.node.addDependency(props.function, events);
    this.#fixLogicalIds(environment, handler, events);
  }

  /**
   * Logical ids depend on the environment only.
   *
   * If a stack's environment is renamed, everything that cleans up the old one must exist until it has done so. If the role
   * kept its id, CloudFormation would change its permissions first, and the deletion would be denied.
   *
   * If constructs are renamed or moved, the ids stay: a new custom resource would mean the deletion of the old one and of the
   * parameters of live tokens; the function's ARN, which must not change, contains its id; and a second age limit for the
   * same function would fail. CloudFormation refuses such an update anyway because of fixed names, but that is not relied on.
   */
  #fixLogicalIds(environment: string, handler: Lambda, events: EventInvokeConfig): void {
    const fixed = `CleanUp${environment[0]?.toUpperCase()}${environment.slice(1)}`;
    // A role that `Role.customizeRoles` replaces by an existing one is no resource of the stack.
    const fix = (construct: IConstruct, id: string) =>
      (construct.node.defaultChild as CfnResource | undefined)?.overrideLogicalId(id);
    fix(this.resource, fixed);
    fix(handler, `${fixed}Function`);
    fix(events, `${fixed}Events`);
    fix(this.role, `${fixed}Role`);
  }

  #makeRole(environment: string, logGroup: LogGroup): Role {
    const written = [accessTokenParameter, sessionParameter].map((nameOf) =>
      parameterArn(this, nameOf(environment, '*')),
    );
    const role = new Role(this, 'Role', {
      description: `Deletes parameters of removed tokens of ${environment}`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        DeleteParameters: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ['ssm:DeleteParameters'],
              resources: written,
            }),
          ],
        }),
        WriteLog: new PolicyDocument({ statements: [writeLog(logGroup)] }),
      },
    });
    acknowledgePatterns(
      role,
      written,
      'A removed token is named nowhere in the template: a pattern bound to the environment stands for it.',
    );
    return role;
  }

  #makeFunction(environment: string, logGroup: LogGroup): Lambda {
    return new Lambda(this, 'Handler', {
      description: `Deletes parameters of removed tokens of ${environment}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: TIMEOUT,
      code: cleanUpCode(),
      handler: HANDLER,
      role: this.role,
      logGroup,
      loggingFormat: LoggingFormat.TEXT,
    });
  }
}
