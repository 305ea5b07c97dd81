import { Annotations, AspectPriority, Aspects, RemovalPolicy } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { alarmTopic } from './alarm-topic.ts';
import { checkRefresher } from './check-refresher.ts';
import { checkToken, type TokenPlace } from './check-token.ts';
import { checkTokens } from './check-tokens.ts';
import { type FunctionSettings, keyAlias, SETTINGS_FORMAT_VERSION } from './contract.ts';
import { RefresherFunction } from './refresher-function.ts';
import { type StoredToken, storePermissions } from './refresher-permissions.ts';
import { RequestQueue } from './request-queue.ts';
import { Schedules } from './schedules.ts';
import type { TokenProps } from './settings.ts';
import { Token } from './token.ts';
import { TokenResources } from './token-resources.ts';

export interface TokenRefresherProps {
  /** Name of the environment: lower-case letters and digits, at most 16. One per account and Region. */
  readonly environment: string;
  /** Topic that alarms go to; its policy must admit CloudWatch. Default: one of this construct's own. */
  readonly alarmTopic?: ITopic;
  /** Address that alarms are mailed to; not together with `alarmTopic`. Default: nobody is told. */
  readonly alarmEmail?: string;
  /** Keeps credentials, key and logs when a token or the stack is removed. Default: false, they go too. */
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
  /** Encrypts the parameters and secrets of the environment, and nothing else. */
  readonly key: Key;
  readonly alarmTopic: ITopic;
  readonly requests: RequestQueue;
  readonly function: RefresherFunction;
  readonly #environment: string;
  readonly #place: TokenPlace;
  readonly #higherThroughput: boolean;
  readonly #removalPolicy: RemovalPolicy;
  readonly #schedules: Schedules;
  readonly #tokens: StoredToken[] = [];

  /** @throws SettingError */
  constructor(scope: Construct, id: string, props: TokenRefresherProps) {
    super(scope, id);
    const { environment, production = false, higherThroughput = false } = props;
    this.#place = checkRefresher(this, props);
    this.#environment = environment;
    this.#higherThroughput = higherThroughput;
    this.#removalPolicy = production ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;

    this.key = new Key(this, 'Key', {
      description: `Access tokens, sessions and credentials of ${environment}`,
      alias: keyAlias(environment),
      enableKeyRotation: true,
      removalPolicy: this.#removalPolicy,
    });
    this.alarmTopic =
      props.alarmTopic ?? alarmTopic(this, 'Alarms', { environment, email: props.alarmEmail });
    this.requests = new RequestQueue(this, 'Requests', { environment });
    this.function = new RefresherFunction(this, 'Function', {
      environment,
      settings: () => this.#functionSettings(),
      requests: this.requests,
      key: this.key,
      logRetention: props.logRetention ?? RetentionDays.THREE_MONTHS,
      removalPolicy: this.#removalPolicy,
    });
    this.#schedules = new Schedules(this, 'Schedules', { environment, queue: this.requests.queue });
    this.#finishAtSynthesis();
    if (props.alarmTopic === undefined && props.alarmEmail === undefined && !this.#place.local) {
      const advice = 'set alarmEmail or an alarm topic, or subscribe to the topic yourself';
      Annotations.of(this).addWarningV2('token-refresher:nobody-is-told', `Alarms reach nobody: ${advice}`);
    }
  }

  /**
   * Adds a token: its secret, its schedule, its rule for new credentials and its alarm.
   *
   * @param name kebab-case, at most 30 characters.
   * @throws SettingError also if the margin of a token added before becomes too small.
   */
  addToken(name: string, props: TokenProps): Token {
    const environment = this.#environment;
    const token = checkToken(this.#place, name, props);
    const tokens = [...this.#tokens, token];
    checkTokens({ environment, higherThroughput: this.#higherThroughput, tokens });
    const { secretArn } = new TokenResources(this, name, {
      environment,
      token,
      key: this.key,
      removalPolicy: this.#removalPolicy,
      queue: this.requests.queue,
      schedules: this.#schedules,
      topic: this.alarmTopic,
    });
    this.#tokens.push({ ...token, secretArn });
    return new Token(this, { environment, name, key: this.key });
  }

  /** Permissions depend on how many tokens there are, which is known when the last one has been added. */
  #finishAtSynthesis(): void {
    let finished = false;
    const finish = (node: unknown) => {
      if (node !== this || finished || this.#tokens.length === 0) return;
      finished = true;
      const permissions = { environment: this.#environment, key: this.key, tokens: this.#tokens };
      for (const statement of storePermissions(this, permissions)) this.function.role.addToPolicy(statement);
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
