import { createHash } from 'node:crypto';
import type {
  DeleteParametersRequest,
  DeleteParametersResult,
  DescribeParametersRequest,
  DescribeParametersResult,
  GetParameterRequest,
  GetParameterResult,
  GetParametersRequest,
  GetParametersResult,
  Parameter,
  ParameterType,
  PutParameterRequest,
  PutParameterResult,
} from '@aws-sdk/client-ssm';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../local-account.ts';
import { AwsError, invalid, required } from './aws-error.ts';

const NAMES_PER_CALL = 10;
const DESCRIBED_PER_PAGE = 50;
const STANDARD_BYTES = 4096;
const ADVANCED_BYTES = 8192;
const DESCRIPTION_CHARACTERS = 1024;

/** Makes reads miss the newest write now and then, as an eventually consistent store may. */
export interface StaleReads {
  /** How long after a write a read may still return the version before, in milliseconds. */
  readonly withinMs: number;
  /** Whether this read does. Default: every one. */
  readonly chance?: () => boolean;
}

export interface ParameterStoreOptions {
  /** Milliseconds since the epoch. Default: the system's clock. */
  readonly now?: () => number;
}

/** One version of a parameter. */
interface StoredParameter {
  readonly Name: string;
  readonly Type: ParameterType;
  readonly Value: string;
  readonly Version: number;
  readonly Tier: 'Standard' | 'Advanced';
  readonly LastModifiedDate: Date;
  readonly KeyId: string;
  readonly Description: string;
}

/**
 * Parameter Store in memory, as far as this project uses it. Takes and gives what the SDK's commands do, and fails as AWS
 * fails.
 */
export class ParameterStore {
  /** May be set and unset at any time. Default: every read sees the newest version. */
  staleReads: StaleReads | undefined;

  readonly #now: () => number;
  /** The newest version of each parameter and the one before. */
  readonly #parameters = new Map<string, readonly StoredParameter[]>();

  constructor({ now = Date.now }: ParameterStoreOptions = {}) {
    this.#now = now;
  }

  putParameter(input: PutParameterRequest): PutParameterResult {
    const { KeyId, Description = '' } = input;
    const name = required(input.Name, 'name');
    const value = required(input.Value, 'value');
    const current = this.#parameters.get(name)?.at(-1);
    if (current !== undefined && input.Overwrite !== true) {
      throw new AwsError('ParameterAlreadyExists', 'The parameter already exists.');
    }
    const bytes = Buffer.byteLength(value);
    const isLarge = input.Tier === 'Intelligent-Tiering' && bytes > STANDARD_BYTES;
    const isAdvanced = current?.Tier === 'Advanced' || isLarge;
    const most = isAdvanced ? ADVANCED_BYTES : STANDARD_BYTES;
    if (bytes === 0 || bytes > most) throw invalid('value', `length between 1 and ${most}`);
    if (Description.length > DESCRIPTION_CHARACTERS) {
      throw invalid('description', `length less than or equal to ${DESCRIPTION_CHARACTERS}`);
    }
    const written: StoredParameter = {
      Name: name,
      Type: required(input.Type ?? current?.Type, 'type'),
      Value: value,
      Version: (current?.Version ?? 0) + 1,
      Tier: isAdvanced ? 'Advanced' : 'Standard',
      LastModifiedDate: new Date(this.#now()),
      KeyId: KeyId ?? 'alias/aws/ssm',
      Description,
    };
    this.#parameters.set(name, current === undefined ? [written] : [current, written]);
    return { Version: written.Version, Tier: written.Tier };
  }

  getParameter({ Name, WithDecryption = false }: GetParameterRequest): GetParameterResult {
    const found = this.#read(nameIn(required(Name, 'name')));
    if (found === undefined) throw new AwsError('ParameterNotFound', 'The parameter was not found.');
    return { Parameter: readable(found, WithDecryption) };
  }

  getParameters({ Names, WithDecryption = false }: GetParametersRequest): GetParametersResult {
    const names = atMostTen(required(Names, 'names'));
    const found = names.flatMap((name) => this.#read(name) ?? []);
    return {
      Parameters: found.map((version) => readable(version, WithDecryption)),
      InvalidParameters: names.filter((name) => found.every(({ Name }) => Name !== name)),
    };
  }

  /** Knows the filter by path, recursively. The token of a page is the place where it starts. */
  describeParameters(input: DescribeParametersRequest = {}): DescribeParametersResult {
    const paths = (input.ParameterFilters ?? []).flatMap(({ Values = [] }) => Values);
    const found = [...this.#parameters.keys()]
      .sort()
      .filter((name) => paths.every((path) => name.startsWith(`${path}/`)))
      .flatMap((name) => this.#read(name) ?? []);
    const start = Number(input.NextToken ?? 0);
    const end = start + (input.MaxResults ?? DESCRIBED_PER_PAGE);
    const Parameters = found.slice(start, end).map(({ Value: _, ...described }) => described);
    return { Parameters, ...(end < found.length && { NextToken: String(end) }) };
  }

  deleteParameters({ Names }: DeleteParametersRequest): DeleteParametersResult {
    const names = atMostTen(required(Names, 'names'));
    const DeletedParameters = names.filter((name) => this.#parameters.delete(name));
    return {
      DeletedParameters,
      InvalidParameters: names.filter((name) => !DeletedParameters.includes(name)),
    };
  }

  #read(name: string): StoredParameter | undefined {
    const versions = this.#parameters.get(name) ?? [];
    const newest = versions.at(-1);
    if (newest === undefined || !this.#isMissed(newest)) return newest;
    return versions.length > 1 ? versions[0] : undefined;
  }

  #isMissed({ LastModifiedDate }: StoredParameter): boolean {
    if (this.staleReads === undefined) return false;
    const { withinMs, chance = () => true } = this.staleReads;
    return this.#now() < LastModifiedDate.getTime() + withinMs && chance();
  }
}

/** A parameter of another account is read by its ARN. */
const nameIn = (asked: string): string => asked.replace(/^arn:aws:ssm:[^:]*:[^:]*:parameter(?=\/)/, '');

function atMostTen(names: readonly string[]): readonly string[] {
  if (names.length >= 1 && names.length <= NAMES_PER_CALL) return names;
  throw invalid('names', `length between 1 and ${NAMES_PER_CALL}`);
}

const readable = (
  { Name, Type, Version, LastModifiedDate, Value }: StoredParameter,
  isDecrypted: boolean,
): Parameter => ({
  Name,
  Type,
  Value: isDecrypted || Type !== 'SecureString' ? Value : ciphertext(`${Name}:${Version}:${Value}`),
  Version,
  LastModifiedDate,
  ARN: `arn:aws:ssm:${LOCAL_REGION}:${LOCAL_ACCOUNT}:parameter${Name}`,
  DataType: 'text',
});

/** Stands for it, and cannot be turned back. */
const ciphertext = (text: string): string => `AQICAH${createHash('sha256').update(text).digest('base64')}`;
