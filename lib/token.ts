import { Token as CdkToken, Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { accessTokenParameter, keyAlias, requestQueueName } from '../contract/names.ts';
import { parameterArn, requestQueueArn } from './arns.ts';
import { usedThrough } from './permissions/key-conditions.ts';
import { checkNames } from './settings/parse.ts';
import { SettingPath } from './settings/setting-error.ts';
import { AWS_MANAGED } from './settings/settings.ts';

export interface TokenAttributes {
  /** The environment that keeps the token: `sandbox`. */
  readonly environment: string;
  /** The token's name there: `payments-api`. */
  readonly name: string;
}

/** What only the environment's own stack knows. */
interface KnownOfToken {
  readonly key?: IKey | typeof AWS_MANAGED;
  /** Default: true. */
  readonly takesRequests?: boolean;
}

const WAYS_TO_READ =
  'for others there is the managed policy that readerPolicy makes, and for another account such a role to assume, or AWS RAM';
const WAYS_TO_ASK = 'others, as in another account, may assume such a role';

/** A token, as its consumers see it. */
export class Token {
  /**
   * Refers to a token by its names, from any stack in the account and Region of its environment. Needs nothing of the
   * environment's stack, neither to synthesize nor to deploy.
   *
   * @throws SettingError if a name is malformed.
   */
  static fromName(scope: Construct, { environment, name }: TokenAttributes): Token {
    checkNames({ environment, name });
    return new Token(scope, { environment, name });
  }

  readonly environment: string;
  readonly name: string;
  /** Name of the SecureString parameter that holds the access token. */
  readonly parameterName: string;
  /** Where requests for a refresh are sent, with the token's name as message group. */
  readonly requestQueueUrl: string;
  readonly #scope: Construct;
  readonly #key: IKey | typeof AWS_MANAGED | undefined;
  readonly #takesRequests: boolean;

  /** Use {@link Token.fromName} or `TokenRefresher.addToken`. */
  constructor(
    scope: Construct,
    { environment, name, key, takesRequests = true }: TokenAttributes & KnownOfToken,
  ) {
    const { account, region, urlSuffix } = Stack.of(scope);
    this.environment = environment;
    this.name = name;
    this.parameterName = accessTokenParameter(environment, name);
    this.requestQueueUrl = `https://sqs.${region}.${urlSuffix}/${account}/${requestQueueName(environment)}`;
    this.#scope = scope;
    this.#key = key;
    this.#takesRequests = takesRequests;
  }

  /**
   * Lets the grantee read this access token, and decrypt it through Parameter Store. It gets nothing else that the
   * key protects: the ciphertext is bound to the parameter's name, and the key is not used directly.
   *
   * @throws SettingError if the grantee has no policies here, such as another account: a parameter has none of its own.
   */
  grantRead(grantee: IGrantable): Grant {
    const parameter = parameterArn(this.#scope, this.parameterName);
    const actions = ['ssm:GetParameter', 'ssm:GetParameters'];
    const read = this.#check(
      grantee,
      Grant.addToPrincipal({ grantee, actions, resourceArns: [parameter] }),
      WAYS_TO_READ,
    );
    // The policy of the AWS managed key admits whoever may read the parameter.
    return this.#key === AWS_MANAGED ? read : read.combine(this.#grantDecrypt(grantee, parameter, this.#key));
  }

  /**
   * Lets the grantee ask for a refresh, as after a 401. A queue knows no message groups in its policies: whoever may
   * send reaches every token of the environment. The refresher rations what they can cause.
   *
   * @throws SettingError if the environment takes no requests of consumers, as far as this stack knows, or as `grantRead`.
   */
  grantRequestRefresh(grantee: IGrantable): Grant {
    if (!this.#takesRequests) {
      const path = new SettingPath().of('environment', this.environment).of('token', this.name);
      path.accept(
        path.to('consumerRequests').refuse('must not be false where consumers ask for refreshes', 'false'),
      );
    }
    const queue = requestQueueArn(this.#scope, this.environment);
    const actions = ['sqs:SendMessage'];
    return this.#check(
      grantee,
      Grant.addToPrincipal({ grantee, actions, resourceArns: [queue] }),
      WAYS_TO_ASK,
    );
  }

  /** The CDK leaves out silently what no policy of the grantee can grant. */
  #check(grantee: IGrantable, grant: Grant, otherWays: string): Grant {
    const { account } = Stack.of(this.#scope);
    const { principalAccount = account } = grantee.grantPrincipal;
    const isElsewhere =
      ![principalAccount, account].some(CdkToken.isUnresolved) && principalAccount !== account;
    if (grant.success && !isElsewhere) return grant;
    const path = new SettingPath().of('environment', this.environment).of('token', this.name);
    const rule = `must be a role, user or group of this account, and have policies here; ${otherWays}`;
    const received = isElsewhere ? `account ${principalAccount}` : grantee.constructor.name;
    return path.accept<Grant>(path.to('grantee').refuse(rule, received));
  }

  #grantDecrypt(grantee: IGrantable, parameter: string, key: IKey | undefined): Grant {
    const conditions = usedThrough(this.#scope, 'ssm', [parameter]);
    const actions = ['kms:Decrypt'];
    if (key !== undefined) {
      return Grant.addToPrincipal({ grantee, actions, resourceArns: [key.keyArn], conditions });
    }
    // Another stack cannot know the key's ARN, and a policy cannot name a key by its alias other than in a condition.
    const anyKey = Stack.of(this.#scope).formatArn({ service: 'kms', resource: 'key', resourceName: '*' });
    const alias = { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': keyAlias(this.environment) } };
    return Grant.addToPrincipal({
      grantee,
      actions,
      resourceArns: [anyKey],
      conditions: { ...conditions, ...alias },
    });
  }
}
