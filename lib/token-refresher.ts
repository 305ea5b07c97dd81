import { Annotations, AspectPriority, Aspects, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { type DeployedEnvironment, ENVIRONMENT_OUTPUT } from '../contract/outputs.ts';
import { CleanUp } from './clean-up.ts';
import { environmentKey } from './environment-key.ts';
import { functionSettings } from './functions/function-settings.ts';
import { placeInNetwork } from './functions/network.ts';
import { RefresherFunction } from './functions/refresher-function.ts';
import { alarmTopic } from './monitoring/alarm-topic.ts';
import { Monitoring } from './monitoring/monitoring.ts';
import { costInWords } from './monitoring/monitoring-cost.ts';
import { acknowledgePatterns } from './nag.ts';
import { operatorsPolicy } from './permissions/operators.ts';
import { readerPolicy } from './permissions/reader-policy.ts';
import { patternsOf, storePermissions, TOO_MANY_TO_NAME } from './permissions/refresher-permissions.ts';
import { warnIfUnprotected } from './protection.ts';
import { RequestQueue } from './request-queue.ts';
import { Schedules } from './schedules.ts';
import { doubtsAbout } from './settings/base-url.ts';
import type { ParsedEnvironment } from './settings/environment.ts';
import { parseAddedToken } from './settings/parse.ts';
import { AWS_MANAGED, type TokenProps } from './settings/settings.ts';
import type { ParsedToken } from './settings/token.ts';
import { Token } from './token.ts';
import { parseTokenRefresherProps, type TokenRefresherProps } from './token-refresher-props.ts';
import { TokenResources } from './token-resources.ts';

/** Keeps the tokens of one environment fresh. */
export class TokenRefresher extends Construct {
  /** Encrypts the parameters and secrets of the environment, and nothing else; undefined: those of AWS do. */
  readonly key: IKey | undefined;
  readonly alarmTopic: ITopic;
  readonly requests: RequestQueue;
  readonly function: RefresherFunction;
  readonly cleanUp: CleanUp;
  /** For the roles of people who run the environment. */
  readonly operatorsPolicy: ManagedPolicy;
  readonly #environment: ParsedEnvironment;
  readonly #removalPolicy: RemovalPolicy;
  readonly #schedules: Schedules;
  readonly #monitoring: Monitoring;
  readonly #tokens: TokenResources[] = [];

  /** @throws SettingError */
  constructor(scope: Construct, id: string, props: TokenRefresherProps) {
    super(scope, id);
    this.#environment = parseTokenRefresherProps(this, props);
    const { name: environment, alarmEmail, network, production } = this.#environment;
    // Not on creation: the secrets of a failed first deployment would block the next one.
    this.#removalPolicy = production ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;

    this.key = environmentKey(this, {
      environment,
      key: props.key,
      removalPolicy: this.#removalPolicy,
    });
    this.alarmTopic =
      props.alarmTopic ?? alarmTopic(this, 'Alarms', { environment, email: alarmEmail, key: props.alarmKey });
    this.requests = new RequestQueue(this, 'Requests', { environment });
    this.function = new RefresherFunction(this, 'Function', {
      environment,
      settings: () => functionSettings(environment, this.#parsedTokens()),
      requests: this.requests,
      key: this.key,
      logRetention: props.logRetention ?? RetentionDays.THREE_MONTHS,
      removalPolicy: this.#removalPolicy,
    });
    if (network !== undefined) placeInNetwork(this.function, network);
    this.cleanUp = new CleanUp(this, 'CleanUp', {
      environment,
      tokens: () => this.#parsedTokens().map(({ name }) => name),
      function: this.function.handler,
      logRetention: props.logRetention ?? RetentionDays.THREE_MONTHS,
    });
    this.function.mapping.node.addDependency(this.cleanUp.resource);
    this.#schedules = new Schedules(this, 'Schedules', { environment, queue: this.requests.queue });
    if (!this.#environment.consumerRequests) {
      this.requests.refuseAllBut([this.#schedules.role, this.function.role]);
    }
    this.#monitoring = new Monitoring(this, 'Monitoring', {
      environment,
      settings: this.#environment.monitoring,
      topic: this.alarmTopic,
      function: this.function,
      requests: this.requests,
      tokens: () => this.#parsedTokens(),
      local: this.#environment.local,
    });
    this.operatorsPolicy = operatorsPolicy(this, 'Operators', {
      environment,
      key: this.key,
      requests: this.requests,
      logGroup: this.function.logGroup,
      topic: this.alarmTopic,
    });
    this.#tellParts(environment);
    for (const token of this.#environment.tokens) this.#add(token);
    this.#finishAtSynthesis();
    if (props.alarmTopic === undefined && alarmEmail === undefined && !this.#environment.local) {
      const advice = 'set alarmEmail or an alarm topic, or subscribe to the topic yourself';
      Annotations.of(this).addWarningV2(
        'token-refresher:no-alarm-subscriber',
        `Alarms reach nobody: ${advice}`,
      );
    }
  }

  /**
   * Adds a token: its secret, its schedule, its rule for new credentials and its alarms.
   *
   * @param name kebab-case, at most 30 characters.
   * @throws SettingError also if the margin of a token added before becomes too small.
   */
  addToken(name: string, props: TokenProps): Token {
    return this.#add(parseAddedToken({ name, props }, this.#parsedTokens(), this.#environment));
  }

  #add(token: ParsedToken): Token {
    const { name: environment, consumerRequests: takesRequests, network, local } = this.#environment;
    const { name } = token;
    const resources = new TokenResources(this, name, {
      environment,
      token,
      key: this.key,
      removalPolicy: this.#removalPolicy,
      queue: this.requests.queue,
      schedules: this.#schedules,
      cleanUp: this.cleanUp.resource,
      monitoring: this.#monitoring,
    });
    this.#tokens.push(resources);
    for (const doubt of doubtsAbout(token.api, { reachesPrivate: local || network !== undefined })) {
      const warning = `The token API of ${name} ${doubt}`;
      Annotations.of(resources).addWarningV2('token-refresher:base-url', warning);
    }
    const made = new Token(this, { environment, name, key: this.key ?? AWS_MANAGED, takesRequests });
    if (token.readerPolicy) readerPolicy(resources, 'Reader', made);
    return made;
  }

  #tellParts(environment: string): void {
    const told: DeployedEnvironment = {
      environment,
      requests: this.requests.queue.queueUrl,
      deadLetters: this.requests.deadLetterQueue.queueUrl,
      log: this.function.logGroup.logGroupName,
      alarmTopic: this.alarmTopic.topicArn,
      operatorsPolicy: this.operatorsPolicy.managedPolicyArn,
    };
    new CfnOutput(this, 'Parts', {
      description: `${ENVIRONMENT_OUTPUT}${environment}, for the command line`,
      value: Stack.of(this).toJsonString(told),
    });
  }

  #parsedTokens(): ParsedToken[] {
    return this.#tokens.map(({ token }) => token);
  }

  /** Permissions depend on how many tokens there are, which is known when the last one has been added. */
  #finishAtSynthesis(): void {
    const { name: environment, production } = this.#environment;
    let finished = false;
    const finish = (node: unknown) => {
      if (node !== this || finished || this.#tokens.length === 0) return;
      finished = true;
      const permissions = { environment, key: this.key, tokens: this.#tokens };
      const { role } = this.function;
      const { statements, decryption } = storePermissions(this, permissions);
      for (const statement of statements) {
        role.addToPolicy(statement);
        acknowledgePatterns(role, patternsOf(statement), TOO_MANY_TO_NAME);
      }
      if (decryption !== undefined)
        new ManagedPolicy(role, 'Decryption', { roles: [role], statements: [decryption] });
      if (production) warnIfUnprotected(this);
      Annotations.of(this).addInfoV2('token-refresher:monitoring-cost', costInWords(this.#tokens.length));
    };
    Aspects.of(this).add({ visit: finish }, { priority: AspectPriority.MUTATING });
    this.node.addValidation({
      validate: () => (this.#tokens.length > 0 ? [] : [`environment "${environment}" has no tokens`]),
    });
  }
}
