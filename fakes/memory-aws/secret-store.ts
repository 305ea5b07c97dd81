import { randomBytes, randomUUID } from 'node:crypto';
import type {
  CreateSecretRequest,
  CreateSecretResponse,
  DeleteSecretRequest,
  DeleteSecretResponse,
  DescribeSecretRequest,
  DescribeSecretResponse,
  GetSecretValueRequest,
  GetSecretValueResponse,
  PutSecretValueRequest,
  PutSecretValueResponse,
  UpdateSecretVersionStageRequest,
  UpdateSecretVersionStageResponse,
} from '@aws-sdk/client-secrets-manager';
import { DAY } from '../../contract/times.ts';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../local-account.ts';
import { AwsError } from './aws-error.ts';
import { type SecretValue, type SecretVersion, SecretVersions } from './secret-versions.ts';

const VALUE_MAX_BYTES = 65_536;
const RECOVERY_DAYS = { least: 7, usual: 30, most: 30 };

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
  /** In the event: its one resource. */
  readonly arn: string;
  readonly labelUpdated: string;
  readonly versionId: string;
}

/** Labels whose moves AWS tells nobody of. */
const SILENT_LABELS = new Set(['AWSPENDING', 'AWSPREVIOUS']);

interface StoredSecret {
  readonly name: string;
  readonly arn: string;
  readonly description: string | undefined;
  readonly keyId: string | undefined;
  readonly createdAt: Date;
  changedAt: Date;
  /** When it was marked for deletion. */
  deletedAt: Date | undefined;
  readonly versions: SecretVersions;
}

/**
 * Secrets Manager in memory. Takes and gives what the SDK's commands do, and fails as AWS fails.
 * Not modelled: rotation, replication, tags, resource policies.
 */
export class SecretStore {
  readonly #now: () => number;
  readonly #secrets = new Map<string, StoredSecret>();
  readonly #listeners = new Set<(event: SecretLabelUpdated) => void>();

  constructor({ now = Date.now }: SecretStoreOptions = {}) {
    this.#now = now;
  }

  /**
   * Calls the listener whenever a label, AWSCURRENT above all, comes to a version, the first one included.
   * @returns how to end it
   */
  onLabelUpdated(listener: (event: SecretLabelUpdated) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  createSecret(input: CreateSecretRequest): CreateSecretResponse {
    const { Name: name = '', Description, KmsKeyId, ClientRequestToken = randomUUID() } = input;
    if (!/^[\w/+=.@!-]{1,512}$/.test(name)) {
      throw new AwsError(
        'ValidationException',
        'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
      );
    }
    const existing = this.#secrets.get(name);
    if (existing?.deletedAt !== undefined) {
      throw invalidRequest(
        "You can't create this secret because a secret with this name is already scheduled for deletion.",
      );
    }
    if (existing !== undefined) {
      throw new AwsError(
        'ResourceExistsException',
        `The operation failed because the secret ${name} already exists.`,
      );
    }
    const now = new Date(this.#now());
    const arn = `arn:aws:secretsmanager:${LOCAL_REGION}:${LOCAL_ACCOUNT}:secret:${name}-${randomBytes(3).toString('hex')}`;
    const versions = new SecretVersions((labelUpdated, versionId) =>
      this.#tell({ name, arn, labelUpdated, versionId }),
    );
    const secret: StoredSecret = {
      name,
      arn,
      description: Description,
      keyId: KmsKeyId,
      createdAt: now,
      changedAt: now,
      deletedAt: undefined,
      versions,
    };
    const value = secretValue(input);
    this.#secrets.set(name, secret);
    if (value === undefined) return { ARN: arn, Name: name };
    versions.add({ id: ClientRequestToken, value, createdAt: now }, ['AWSCURRENT']);
    return { ARN: arn, Name: name, VersionId: ClientRequestToken };
  }

  /** The same token with the same value changes nothing, with another value it fails. */
  putSecretValue(input: PutSecretValueRequest): PutSecretValueResponse {
    const { ClientRequestToken: id = randomUUID(), VersionStages = ['AWSCURRENT'] } = input;
    const secret = this.#usable(input.SecretId);
    const { name, arn, versions } = secret;
    const value = secretValue(input);
    if (value === undefined) throw invalidRequest('You must provide either SecretString or SecretBinary.');
    const known = versions.get(id);
    if (known !== undefined && !sameValue(known.value, value)) {
      throw new AwsError(
        'ResourceExistsException',
        `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${arn}.`,
      );
    }
    if (known === undefined) {
      secret.changedAt = new Date(this.#now());
      versions.add({ id, value, createdAt: secret.changedAt }, VersionStages);
    }
    return { ARN: arn, Name: name, VersionId: id, VersionStages: versions.labelsOf(id) };
  }

  getSecretValue({ SecretId, VersionId, VersionStage }: GetSecretValueRequest): GetSecretValueResponse {
    const { name, arn, versions } = this.#usable(SecretId);
    const version = choose(versions, VersionId, VersionStage);
    const stages = versions.labelsOf(version.id);
    return {
      ARN: arn,
      Name: name,
      VersionId: version.id,
      ...version.value,
      ...(stages.length > 0 && { VersionStages: stages }),
      CreatedDate: version.createdAt,
    };
  }

  /** Works for a secret that is marked for deletion, too. */
  describeSecret({ SecretId }: DescribeSecretRequest): DescribeSecretResponse {
    const { name, arn, description, keyId, createdAt, changedAt, deletedAt, versions } = this.#find(SecretId);
    const stages = versions.stages();
    return {
      ARN: arn,
      Name: name,
      ...(description !== undefined && { Description: description }),
      ...(keyId !== undefined && { KmsKeyId: keyId }),
      CreatedDate: createdAt,
      LastChangedDate: changedAt,
      ...(deletedAt !== undefined && { DeletedDate: deletedAt }),
      ...(stages !== undefined && { VersionIdsToStages: stages }),
    };
  }

  updateSecretVersionStage(input: UpdateSecretVersionStageRequest): UpdateSecretVersionStageResponse {
    const { VersionStage: label = '', MoveToVersionId, RemoveFromVersionId } = input;
    const secret = this.#usable(input.SecretId);
    const holder = secret.versions.labelled(label)?.id;
    if (holder !== undefined && RemoveFromVersionId === undefined && MoveToVersionId !== holder) {
      throw invalidParameter(
        `The parameter RemoveFromVersionId can't be empty. Staging label ${label} is currently attached to version ${holder}, so you must explicitly reference that version in RemoveFromVersionId.`,
      );
    }
    if (RemoveFromVersionId !== undefined && RemoveFromVersionId !== holder) {
      throw invalidParameter(`Staging label ${label} is not attached to version ${RemoveFromVersionId}.`);
    }
    if (MoveToVersionId !== undefined) secret.versions.move(label, MoveToVersionId);
    else if (label === 'AWSCURRENT') throw invalidParameter('You can only move staging label AWSCURRENT.');
    else secret.versions.remove(label);
    secret.changedAt = new Date(this.#now());
    return { ARN: secret.arn, Name: secret.name };
  }

  deleteSecret(input: DeleteSecretRequest): DeleteSecretResponse {
    const { ForceDeleteWithoutRecovery = false, RecoveryWindowInDays: days = RECOVERY_DAYS.usual } = input;
    if (days < RECOVERY_DAYS.least || days > RECOVERY_DAYS.most) {
      throw invalidParameter('RecoveryWindowInDays value must be between 7 and 30 days (inclusive).');
    }
    const secret = ForceDeleteWithoutRecovery ? this.#find(input.SecretId) : this.#usable(input.SecretId);
    const now = this.#now();
    if (ForceDeleteWithoutRecovery) this.#secrets.delete(secret.name);
    else secret.deletedAt = new Date(now);
    const DeletionDate = new Date(ForceDeleteWithoutRecovery ? now : now + days * DAY);
    return { ARN: secret.arn, Name: secret.name, DeletionDate };
  }

  #find(secretId = ''): StoredSecret {
    const found =
      this.#secrets.get(secretId) ??
      // The six characters at an ARN's end may be left out.
      [...this.#secrets.values()].find(({ arn }) => arn === secretId || arn.slice(0, -7) === secretId);
    if (found !== undefined) return found;
    throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  }

  #usable(secretId: string | undefined): StoredSecret {
    const secret = this.#find(secretId);
    if (secret.deletedAt === undefined) return secret;
    throw invalidRequest(
      "You can't perform this operation on the secret because it was marked for deletion.",
    );
  }

  #tell(event: SecretLabelUpdated): void {
    if (SILENT_LABELS.has(event.labelUpdated)) return;
    for (const listener of this.#listeners) listener(event);
  }
}

function choose(versions: SecretVersions, versionId?: string, stage?: string): SecretVersion {
  const version =
    versionId === undefined ? versions.labelled(stage ?? 'AWSCURRENT') : versions.get(versionId);
  if (version === undefined) {
    const what =
      versionId === undefined ? `staging label: ${stage ?? 'AWSCURRENT'}` : `VersionId: ${versionId}`;
    throw new AwsError(
      'ResourceNotFoundException',
      `Secrets Manager can't find the specified secret value for ${what}`,
    );
  }
  if (stage !== undefined && !versions.labelsOf(version.id).includes(stage)) {
    throw invalidRequest('You provided a VersionStage that is not associated to the provided VersionId.');
  }
  return version;
}

/** undefined: none was given, and an empty one counts as none. */
function secretValue({ SecretString, SecretBinary }: SecretValue): SecretValue | undefined {
  if (!SecretString && !SecretBinary?.length) return undefined;
  if (SecretString !== undefined && SecretBinary !== undefined) {
    throw invalidParameter("You can't specify both a binary secret value and a string secret value.");
  }
  const bytes = SecretString === undefined ? (SecretBinary?.length ?? 0) : Buffer.byteLength(SecretString);
  if (bytes > VALUE_MAX_BYTES) {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value at 'secretString' failed to satisfy constraint: Member must have length between 1 and ${VALUE_MAX_BYTES}`,
    );
  }
  return SecretString === undefined ? { SecretBinary } : { SecretString };
}

const sameValue = (a: SecretValue, b: SecretValue): boolean =>
  a.SecretString === b.SecretString && String(a.SecretBinary) === String(b.SecretBinary);

const invalidRequest = (message: string): AwsError => new AwsError('InvalidRequestException', message);
const invalidParameter = (message: string): AwsError => new AwsError('InvalidParameterException', message);
