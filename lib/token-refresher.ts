import { Annotations, AspectPriority, Aspects, RemovalPolicy } from 'aws-cdk-lib';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { type FunctionSettings, SETTINGS_FORMAT_VERSION } from '../contract/function-settings.ts';
import { CleanUp } from './clean-up.ts';
import { AWS_MANAGED, environmentKey } from './environment-key.ts';
import { placeInNetwork } from './functions/network.ts';
import { RefresherFunction } from './functions/refresher-function.ts';
import { alarmTopic } from './monitoring/alarm-topic.ts';
import { Monitoring } from './monitoring/monitoring.ts';
import { costInWords } from './monitoring/monitoring-cost.ts';
import { acknowledgePatterns } from './nag.ts';
import { operatorsPolicy } from './permissions/operators.ts';
import { readerPolicy } from './permissions/reader-policy.ts';
import {
  patternsOf,
  type StoredToken,
  storePermissions,
  TOO_MANY_TO_NAME,
} from './permissions/refresher-permissions.ts';
import { warnIfUnprotected } from './protection.ts';
import { RequestQueue } from './request-queue.ts';
import { Schedules } from './schedules.ts';
import { checkRefresher } from './settings/check-refresher.ts';
import { checkToken, type TokenPlace } from './settings/check-token.ts';
import { checkTokens } from './settings/check-tokens.ts';
import type { MonitoringSettings, NetworkSettings, TokenProps } from './settings/settings.ts';
import { Token } from './token.ts';
import { TokenResources } from './token-resources.ts';

export interface TokenRefresherProps {
  /** Name of the environment: lower-case letters and digits, at most 16. One per account and Region. */
  readonly environment: string;
  /** Topic that alarms go to; its policy must admit CloudWatch. Default: one of this construct's own. */
  readonly alarmTopic?: ITopic;
  /** Address that alarms are mailed to; not together with `alarmTopic`. Default: nobody is told. */
  readonly alarmEmail?: string;
  /** Encrypts this construct's own topic; not together with `alarmTopic`. Default: it is not encrypted. */
  readonly alarmKey?: IKey;
  /** What the alarms go by. Default: as each setting says. */
  readonly monitoring?: MonitoringSettings;
  /**
   * Encrypts parameters and credentials: an existing customer managed key, which gets the environment's alias, or
   * `aws-managed` for the keys of Parameter Store and Secrets Manager. Default: a key of this construct's own, rotated.
   */
  readonly key?: IKey | typeof AWS_MANAGED;
  /** Places the function in subnets of a VPC. Default: outside any VPC. */
  readonly network?: NetworkSettings;
  /** Lets consumers ask for refreshes, if granted; false: the queue refuses all but schedules and rules. Default: true. */
  readonly consumerRequests?: boolean;
  /**
   * Keeps credentials, key and logs when a token or the stack is removed. Protecting the stack is up to the stack:
   * synthesis warns without its `terminationProtection`. Default: false, they go too.
   */
  readonly production?: boolean;
  /** Says that Parameter Store's higher throughput is switched on, which leaves more margin. Default: false. */
  readonly higherThroughput?: boolean;
  /** How long the function's log is kept. Default: 3 months. */
  readonly logRetention?: RetentionDays;
  /**
   * For the local run: allows an interval of one minute, and plain http on loopback. Refused unless the stack's account
   * is `000000000000`, that of a local AWS. Default: false.
   */
  readonly local?: boolean;
}

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
  readonly #environment: string;
  readonly #place: TokenPlace;
  readonly #higherThroughput: boolean;
  readonly #takesRequests: boolean;
  readonly #production: boolean;
  readonly #removalPolicy: RemovalPolicy;
  readonly #schedules: Schedules;
  readonly #monitoring: Monitoring;
  readonly #tokens: StoredToken[] = [];

  /** @throws SettingError */
  constructor(scope: Construct, id: string, props: TokenRefresherProps) {
    super(scope, id);
    const { environment, production = false, higherThroughput = false } = props;
    this.#place = checkRefresher(this, props);
    this.#environment = environment;
    this.#higherThroughput = higherThroughput;
    this.#takesRequests = props.consumerRequests ?? true;
    this.#production = production;
    // Not what a deployment made that then failed: its secrets would keep the next one from being made.
    this.#removalPolicy = production ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;

    this.key = environmentKey(this, {
      environment,
      key: props.key,
      removalPolicy: this.#removalPolicy,
    });
    this.alarmTopic =
      props.alarmTopic ??
      alarmTopic(this, 'Alarms', { environment, email: props.alarmEmail, key: props.alarmKey });
    this.requests = new RequestQueue(this, 'Requests', { environment });
    this.function = new RefresherFunction(this, 'Function', {
      environment,
      settings: () => this.#functionSettings(),
      requests: this.requests,
      key: this.key,
      logRetention: props.logRetention ?? RetentionDays.THREE_MONTHS,
      removalPolicy: this.#removalPolicy,
    });
    if (props.network !== undefined) placeInNetwork(this.function, props.network);
    this.cleanUp = new CleanUp(this, 'CleanUp', {
      environment,
      tokens: () => this.#tokens.map(({ name }) => name),
      function: this.function.handler,
      logRetention: props.logRetention ?? RetentionDays.THREE_MONTHS,
    });
    this.function.mapping.node.addDependency(this.cleanUp.resource);
    this.#schedules = new Schedules(this, 'Schedules', { environment, queue: this.requests.queue });
    if (!this.#takesRequests) this.requests.refuseAllBut([this.#schedules.role, this.function.role]);
    this.#monitoring = new Monitoring(this, 'Monitoring', {
      environment,
      settings: props.monitoring,
      topic: this.alarmTopic,
      function: this.function,
      requests: this.requests,
      tokens: () => this.#tokens,
      local: this.#place.local,
    });
    this.operatorsPolicy = operatorsPolicy(this, 'Operators', {
      environment,
      key: this.key,
      requests: this.requests,
      logGroup: this.function.logGroup,
      topic: this.alarmTopic,
    });
    this.#finishAtSynthesis();
    if (props.alarmTopic === undefined && props.alarmEmail === undefined && !this.#place.local) {
      const advice = 'set alarmEmail or an alarm topic, or subscribe to the topic yourself';
      Annotations.of(this).addWarningV2('token-refresher:nobody-is-told', `Alarms reach nobody: ${advice}`);
    }
  }

  /**
   * Adds a token: its secret, its schedule, its rule for new credentials and its alarms.
   *
   * @param name kebab-case, at most 30 characters.
   * @throws SettingError also if the margin of a token added before becomes too small.
   */
  addToken(name: string, props: TokenProps): Token {
    const environment = this.#environment;
    const token = checkToken(this.#place, name, props);
    const tokens = [...this.#tokens, token];
    const keyArn = this.key?.keyArn ?? AWS_MANAGED;
    checkTokens({ environment, keyArn, higherThroughput: this.#higherThroughput, tokens });
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
    this.#tokens.push({ ...token, secretArn: resources.secretArn });
    const made = new Token(this, {
      environment,
      name,
      key: this.key ?? AWS_MANAGED,
      takesRequests: this.#takesRequests,
    });
    if (token.readerPolicy) readerPolicy(resources, 'Reader', made);
    return made;
  }

  /** Permissions depend on how many tokens there are, which is known when the last one has been added. */
  #finishAtSynthesis(): void {
    let finished = false;
    const finish = (node: unknown) => {
      if (node !== this || finished || this.#tokens.length === 0) return;
      finished = true;
      const permissions = { environment: this.#environment, key: this.key, tokens: this.#tokens };
      const { role } = this.function;
      const { statements, decryption } = storePermissions(this, permissions);
      for (const statement of statements) {
        role.addToPolicy(statement);
        acknowledgePatterns(role, patternsOf(statement), TOO_MANY_TO_NAME);
      }
      if (decryption !== undefined)
        new ManagedPolicy(role, 'Decryption', { roles: [role], statements: [decryption] });
      if (this.#production) warnIfUnprotected(this);
      Annotations.of(this).addInfoV2('token-refresher:monitoring-cost', costInWords(this.#tokens.length));
    };
    Aspects.of(this).add({ visit: finish }, { priority: AspectPriority.MUTATING });
    this.node.addValidation({
      validate: () => (this.#tokens.length > 0 ? [] : [`environment "${this.#environment}" has no tokens`]),
    });
  }

  #functionSettings(): FunctionSettings {
    return {
      formatVersion: SETTINGS_FORMAT_VERSION,
      environment: this.#environment,
      tokens: Object.fromEntries(this.#tokens.map(({ name, settings }) => [name, settings])),
    };
  }
}
