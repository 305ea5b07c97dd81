/** The versions of one secret and the staging labels that point at them. */
import { AwsError } from './aws-error.ts';

const KEPT_VERSIONS = 100;

export interface SecretVersion {
  readonly id: string;
  readonly value: SecretValue;
  readonly createdAt: Date;
}

export interface SecretValue {
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: Uint8Array | undefined;
}

export type Moved = (label: string, versionId: string) => void;

/** A label is on one version at a time; AWSPREVIOUS follows AWSCURRENT by itself. */
export class SecretVersions {
  readonly #versions = new Map<string, SecretVersion>();
  readonly #labels = new Map<string, string>();
  readonly #moved: Moved;

  /** @param moved told of every label that comes to a version */
  constructor(moved: Moved) {
    this.#moved = moved;
  }

  get(versionId: string): SecretVersion | undefined {
    return this.#versions.get(versionId);
  }

  labelled(label: string): SecretVersion | undefined {
    return this.#versions.get(this.#labels.get(label) ?? '');
  }

  labelsOf(versionId: string): string[] {
    return [...this.#labels].filter(([, id]) => id === versionId).map(([label]) => label);
  }

  /** The first version of all gets AWSCURRENT, whatever was asked. */
  add(version: SecretVersion, labels: readonly string[]): void {
    const isFirst = this.#versions.size === 0;
    this.#versions.set(version.id, version);
    for (const label of new Set(isFirst ? [...labels, 'AWSCURRENT'] : labels)) this.move(label, version.id);
    this.#forgetOldest();
  }

  move(label: string, versionId: string): void {
    if (!this.#versions.has(versionId)) {
      throw new AwsError('InvalidParameterException', `Not a valid version: ${versionId}`);
    }
    const from = this.#labels.get(label);
    if (from === versionId) return;
    this.#labels.set(label, versionId);
    if (label === 'AWSCURRENT' && from !== undefined) this.#labels.set('AWSPREVIOUS', from);
    this.#moved(label, versionId);
  }

  remove(label: string): void {
    this.#labels.delete(label);
  }

  /** Versions with labels; undefined when there is none. */
  stages(): Record<string, string[]> | undefined {
    const ids = [...new Set(this.#labels.values())];
    return ids.length === 0 ? undefined : Object.fromEntries(ids.map((id) => [id, this.labelsOf(id)]));
  }

  /** Labelled versions are never removed. */
  #forgetOldest(): void {
    if (this.#versions.size <= KEPT_VERSIONS) return;
    const oldest = [...this.#versions.keys()].find((id) => this.labelsOf(id).length === 0);
    if (oldest !== undefined) this.#versions.delete(oldest);
  }
}
