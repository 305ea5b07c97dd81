import { randomBytes, randomUUID } from 'node:crypto';
import type {
  CreateSecretRequest,
  CreateSecretResponse,
  DescribeSecretRequest,
  DescribeSecretResponse,
  GetSecretValueRequest,
  GetSecretValueResponse,
  ListSecretsResponse,
  PutSecretValueRequest,
  PutSecretValueResponse,
  UpdateSecretVersionStageRequest,
  UpdateSecretVersionStageResponse,
} from '@aws-sdk/client-secrets-manager';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../local-account.ts';
import { AwsError } from './aws-error.ts';

export interface SecretStoreOptions {
  /** Milliseconds since the epoch. Default: the system's clock. */
  readonly now?: () => number;
}

/**
 * What the native event `Secret Label Updated` tells of a secret.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/secret-event-notifications.html
 */
export interface SecretLabelUpdated {
  readonly name: string;
  readonly labelUpdated: string;
  readonly versionId: string;
}

interface SecretVersion {
  readonly value: Pick<PutSecretValueRequest, 'SecretString' | 'SecretBinary'>;
  readonly createdAt: Date;
}

interface StoredSecret {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: Date;
  /** By id. */
  readonly versions: Map<string, SecretVersion>;
  /** Which version has a label. AWSPREVIOUS follows AWSCURRENT by itself. */
  readonly labels: Map<string, string>;
}

/**
 * Secrets Manager in memory, as far as this project uses it. Takes and gives what the SDK's commands do, and fails as AWS
 * fails.
 */
export class SecretStore {
  readonly #now: () => number;
  readonly #secrets = new Map<string, StoredSecret>();
  readonly #listeners = new Set<(event: SecretLabelUpdated) => void>();

  constructor({ now = Date.now }: SecretStoreOptions = {}) {
    this.#now = now;
  }

  /** Calls the listener whenever AWSCURRENT comes to a version; AWS tells nobody of AWSPENDING and AWSPREVIOUS. */
  onLabelUpdated(listener: (event: SecretLabelUpdated) => void): void {
    this.#listeners.add(listener);
  }

  createSecret({ Name: name = '', SecretString }: CreateSecretRequest): CreateSecretResponse {
    const arn = `arn:aws:secretsmanager:${LOCAL_REGION}:${LOCAL_ACCOUNT}:secret:${name}-${randomBytes(3).toString('hex')}`;
    const createdAt = new Date(this.#now());
    this.#secrets.set(name, { name, arn, createdAt, versions: new Map(), labels: new Map() });
    if (SecretString !== undefined) this.putSecretValue({ SecretId: name, SecretString });
    return { ARN: arn, Name: name };
  }

  /** The same token with the same value changes nothing, with another value it fails. */
  putSecretValue(input: PutSecretValueRequest): PutSecretValueResponse {
    const { SecretString, SecretBinary, ClientRequestToken: id = randomUUID() } = input;
    const secret = this.#find(input.SecretId);
    if (!SecretString && !SecretBinary?.length) {
      throw new AwsError('InvalidRequestException', 'You must provide either SecretString or SecretBinary.');
    }
    const known = secret.versions.get(id);
    if (known !== undefined && known.value.SecretString !== SecretString) {
      throw new AwsError(
        'ResourceExistsException',
        `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${secret.arn}.`,
      );
    }
    if (known === undefined) {
      const value = SecretString === undefined ? { SecretBinary } : { SecretString };
      secret.versions.set(id, { value, createdAt: new Date(this.#now()) });
      this.#makeCurrent(secret, id);
    }
    return { ARN: secret.arn, Name: secret.name, VersionId: id, VersionStages: labelsOf(secret, id) };
  }

  getSecretValue({ SecretId, VersionId }: GetSecretValueRequest): GetSecretValueResponse {
    const secret = this.#find(SecretId);
    const id = VersionId ?? secret.labels.get('AWSCURRENT') ?? '';
    const version = secret.versions.get(id);
    if (version === undefined) {
      const what = VersionId === undefined ? 'staging label: AWSCURRENT' : `VersionId: ${VersionId}`;
      throw notFound(`Secrets Manager can't find the specified secret value for ${what}`);
    }
    return {
      ARN: secret.arn,
      Name: secret.name,
      VersionId: id,
      ...version.value,
      VersionStages: labelsOf(secret, id),
      CreatedDate: version.createdAt,
    };
  }

  describeSecret({ SecretId }: DescribeSecretRequest): DescribeSecretResponse {
    const secret = this.#find(SecretId);
    const ids = [...new Set(secret.labels.values())];
    const VersionIdsToStages = Object.fromEntries(ids.map((id) => [id, labelsOf(secret, id)]));
    return {
      ARN: secret.arn,
      Name: secret.name,
      CreatedDate: secret.createdAt,
      ...(ids.length > 0 && { VersionIdsToStages }),
    };
  }

  listSecrets(): ListSecretsResponse {
    return { SecretList: [...this.#secrets.values()].map(({ name, arn }) => ({ Name: name, ARN: arn })) };
  }

  /** Moves AWSCURRENT. */
  updateSecretVersionStage(input: UpdateSecretVersionStageRequest): UpdateSecretVersionStageResponse {
    const { MoveToVersionId = '', RemoveFromVersionId } = input;
    const secret = this.#find(input.SecretId);
    const holder = secret.labels.get('AWSCURRENT');
    if (RemoveFromVersionId !== holder) {
      throw new AwsError(
        'InvalidParameterException',
        `Staging label AWSCURRENT is currently attached to version ${holder}, so you must explicitly reference that version in RemoveFromVersionId.`,
      );
    }
    this.#makeCurrent(secret, MoveToVersionId);
    return { ARN: secret.arn, Name: secret.name };
  }

  #makeCurrent({ name, labels }: StoredSecret, versionId: string): void {
    const previous = labels.get('AWSCURRENT');
    labels.set('AWSCURRENT', versionId);
    if (previous !== undefined) labels.set('AWSPREVIOUS', previous);
    for (const listener of this.#listeners) listener({ name, labelUpdated: 'AWSCURRENT', versionId });
  }

  #find(secretId = ''): StoredSecret {
    const found =
      this.#secrets.get(secretId) ??
      // The six characters at an ARN's end may be left out.
      [...this.#secrets.values()].find(({ arn }) => arn === secretId || arn.slice(0, -7) === secretId);
    if (found !== undefined) return found;
    throw notFound("Secrets Manager can't find the specified secret.");
  }
}

const labelsOf = ({ labels }: StoredSecret, versionId: string): string[] =>
  [...labels].filter(([, id]) => id === versionId).map(([label]) => label);

const notFound = (message: string): AwsError => new AwsError('ResourceNotFoundException', message);
