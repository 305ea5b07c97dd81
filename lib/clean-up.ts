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
   * Its code must be live before anything is deleted, or it would write again. It uses the request queue, whose name
   * only one stack can have: a second stack of the same environment fails before it could clean up.
   */
  readonly function: IDependable;
  readonly logRetention: RetentionDays;
}

/** Two rounds of deletion with a pause of one function timeout between them, throttled, and the answer. */
const TIMEOUT = Duration.minutes(3);

/**
 * CloudFormation leaves its event with Lambda, which would try for six hours to run it. One that is older is dropped, so
 * that the last run has ended before CloudFormation gives up and rolls back: a late one would delete the parameters of
 * tokens that are kept after all.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
const MOST_EVENT_AGE = Duration.minutes(5);

/** After this time CloudFormation gives up; by itself it would wait an hour. */
const ANSWER_TIMEOUT = Duration.minutes(10);

const RESOURCE_TYPE = 'Custom::TokenRefresherCleanUp';

/**
 * Deletes the parameters that the function wrote, which CloudFormation does not know of: of removed tokens when the
 * stack is updated, of all when it is deleted. A live access token must not stay behind.
 *
 * What asks for refreshes must depend on it, so that it goes first when the stack is deleted.
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
    // No event comes before the limit of its age, and the limit goes after the last one.
    this.resource.node.addDependency(props.function, events);
    this.#fixLogicalIds(environment, handler, events);
  }

  /**
   * Ids that follow the environment and nothing else. When the environment of a stack is renamed, all that cleans up
   * after the former one must be there until it has: with the role's id kept, CloudFormation would change its
   * permissions before it asks for the deletion, which would be refused.
   *
   * When constructs are renamed or moved, nothing of it changes: in place of another custom resource the old one would
   * be deleted, and with it the parameters of tokens that live; the function's ARN, which must never change, is made of
   * its id; and a function has one limit of age, which a second would collide with. That CloudFormation refuses such an
   * update, since queues and others have fixed names, is not relied on.
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
