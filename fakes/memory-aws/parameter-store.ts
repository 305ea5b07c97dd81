import { createHash } from 'node:crypto';
import type {
  DeleteParameterRequest,
  DeleteParametersRequest,
  DeleteParametersResult,
  DescribeParametersRequest,
  DescribeParametersResult,
  GetParameterHistoryRequest,
  GetParameterHistoryResult,
  GetParameterRequest,
  GetParameterResult,
  GetParametersByPathRequest,
  GetParametersByPathResult,
  GetParametersRequest,
  GetParametersResult,
  Parameter,
  ParameterType,
  PutParameterRequest,
  PutParameterResult,
} from '@aws-sdk/client-ssm';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../local-account.ts';
import { AwsError, required } from './aws-error.ts';
import { page } from './page.ts';
import { matchesFilters, underPath } from './parameter-filters.ts';
import { checkWrite, type StoredTier, tierAfter } from './parameter-rules.ts';

const KEPT_VERSIONS = 100;
const NAMES_PER_CALL = 10;
const DEFAULT_KEY = 'alias/aws/ssm';
const USER = `arn:aws:iam::${LOCAL_ACCOUNT}:root`;

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
export interface StoredParameter {
  readonly Name: string;
  readonly Type: ParameterType;
  readonly Value: string;
  readonly Version: number;
  readonly Tier: StoredTier;
  readonly LastModifiedDate: Date;
  readonly KeyId?: string;
  readonly Description?: string;
}

/**
 * Parameter Store in memory. Takes and gives what the SDK's commands do, and fails as AWS fails.
 * Not modelled: labels, policies, tags, shared parameters, the request quota (see Faults).
 */
export class ParameterStore {
  /** May be set and unset at any time. Default: every read sees the newest version. */
  staleReads: StaleReads | undefined;

  readonly #now: () => number;
  /** Versions of each parameter, oldest first. */
  readonly #parameters = new Map<string, StoredParameter[]>();

  constructor({ now = Date.now }: ParameterStoreOptions = {}) {
    this.#now = now;
  }

  putParameter(input: PutParameterRequest): PutParameterResult {
    checkWrite(input);
    const name = required(input.Name, 'name');
    const versions = this.#parameters.get(name) ?? [];
    const current = versions.at(-1);
    if (current !== undefined && input.Overwrite !== true) {
      throw new AwsError(
        'ParameterAlreadyExists',
        'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
      );
    }
    const Type = typeAfter(input.Type, current?.Type);
    const written: StoredParameter = {
      Name: name,
      Type,
      Value: required(input.Value, 'value'),
      Version: (current?.Version ?? 0) + 1,
      Tier: tierAfter(input, current?.Tier),
      LastModifiedDate: new Date(this.#now()),
      ...(Type === 'SecureString' && { KeyId: input.KeyId ?? DEFAULT_KEY }),
      ...(input.Description !== undefined && { Description: input.Description }),
    };
    this.#parameters.set(name, [...versions, written].slice(-KEPT_VERSIONS));
    return { Version: written.Version, Tier: written.Tier };
  }

  getParameter({ Name, WithDecryption }: GetParameterRequest): GetParameterResult {
    const { name, selector } = split(required(Name, 'name'));
    const found = this.#read(name, selector);
    if (found !== undefined) return { Parameter: readable(found, { WithDecryption, selector }) };
    if (selector === undefined || !this.#parameters.has(name)) throw notFound();
    throw new AwsError(
      'ParameterVersionNotFound',
      `Systems Manager could not find version ${selector} of ${name}.`,
    );
  }

  getParameters({ Names, WithDecryption }: GetParametersRequest): GetParametersResult {
    const names = atMostTen(required(Names, 'names'));
    const Parameters: Parameter[] = [];
    const InvalidParameters: string[] = [];
    for (const asked of names) {
      const { name, selector } = split(asked);
      const found = this.#read(name, selector);
      if (found === undefined) InvalidParameters.push(asked);
      else Parameters.push(readable(found, { WithDecryption, selector }));
    }
    return { Parameters, InvalidParameters };
  }

  getParametersByPath(input: GetParametersByPathRequest): GetParametersByPathResult {
    const path = required(input.Path, 'path');
    const names = this.#names().filter((name) => underPath(name, path, input.Recursive === true));
    const found = names.flatMap((name) => this.#read(name) ?? []);
    const { items, ...next } = page(found, input, NAMES_PER_CALL);
    return { Parameters: items.map((version) => readable(version, input)), ...next };
  }

  /** All kept versions, oldest first. */
  getParameterHistory(input: GetParameterHistoryRequest): GetParameterHistoryResult {
    const versions = this.#parameters.get(required(input.Name, 'name'));
    if (versions === undefined) throw notFound();
    const { items, ...next } = page(versions, input, 50);
    const Parameters = items.map((version) => ({
      ...version,
      Value: valueFor(version, input.WithDecryption),
      LastModifiedUser: USER,
      DataType: 'text',
      Labels: [],
      Policies: [],
    }));
    return { Parameters, ...next };
  }

  describeParameters(input: DescribeParametersRequest = {}): DescribeParametersResult {
    const found = this.#names().flatMap((name) => this.#read(name) ?? []);
    const matching = found.filter((version) => matchesFilters(version, input.ParameterFilters ?? []));
    const { items, ...next } = page(matching, input, 50);
    const Parameters = items.map(({ Value: _, ...version }) => ({
      ...version,
      ARN: arnOf(version.Name),
      LastModifiedUser: USER,
      DataType: 'text',
      Policies: [],
    }));
    return { Parameters, ...next };
  }

  deleteParameter({ Name }: DeleteParameterRequest): Record<never, never> {
    if (!this.#parameters.delete(required(Name, 'name'))) throw notFound();
    return {};
  }

  deleteParameters({ Names }: DeleteParametersRequest): DeleteParametersResult {
    const names = atMostTen(required(Names, 'names'));
    const DeletedParameters = names.filter((name) => this.#parameters.delete(name));
    return {
      DeletedParameters,
      InvalidParameters: names.filter((name) => !DeletedParameters.includes(name)),
    };
  }

  #names(): string[] {
    return [...this.#parameters.keys()].sort();
  }

  #read(name: string, selector?: string): StoredParameter | undefined {
    const versions = this.#parameters.get(name) ?? [];
    if (selector !== undefined) return versions.find(({ Version }) => String(Version) === selector);
    const newest = versions.at(-1);
    return newest !== undefined && this.#isMissed(newest) ? versions.at(-2) : newest;
  }

  #isMissed({ LastModifiedDate }: StoredParameter): boolean {
    if (this.staleReads === undefined) return false;
    const { withinMs, chance = () => true } = this.staleReads;
    return this.#now() < LastModifiedDate.getTime() + withinMs && chance();
  }
}

function typeAfter(asked: ParameterType | undefined, current: ParameterType | undefined): ParameterType {
  if (asked === undefined && current === undefined) {
    throw new AwsError('ValidationException', 'A parameter type is required when you create a parameter.');
  }
  if (asked !== undefined && current !== undefined && asked !== current) {
    throw new AwsError(
      'HierarchyTypeMismatchException',
      `Parameter Store does not support changing a parameter type in a hierarchy: from ${current} to ${asked}.`,
    );
  }
  return (asked ?? current) as ParameterType;
}

/** `name`, `name:version`, or the ARN of either. */
function split(asked: string): { name: string; selector: string | undefined } {
  const [name = '', selector] = asked.replace(/^arn:aws:ssm:[^:]*:[^:]*:parameter(?=\/)/, '').split(':');
  return { name, selector };
}

function atMostTen(names: readonly string[]): readonly string[] {
  if (names.length >= 1 && names.length <= NAMES_PER_CALL) return names;
  throw new AwsError(
    'ValidationException',
    `1 validation error detected: Value at 'names' failed to satisfy constraint: Member must have length between 1 and ${NAMES_PER_CALL}`,
  );
}

const arnOf = (name: string): string =>
  `arn:aws:ssm:${LOCAL_REGION}:${LOCAL_ACCOUNT}:parameter${name.startsWith('/') ? '' : '/'}${name}`;

const notFound = (): AwsError => new AwsError('ParameterNotFound', 'The parameter was not found.');

interface ReadOptions {
  readonly WithDecryption?: boolean | undefined;
  readonly selector?: string | undefined;
}

function readable(version: StoredParameter, { WithDecryption, selector }: ReadOptions): Parameter {
  const { Name, Type, Version, LastModifiedDate } = version;
  return {
    Name,
    Type,
    Value: valueFor(version, WithDecryption),
    Version,
    ...(selector !== undefined && { Selector: `:${selector}` }),
    LastModifiedDate,
    ARN: arnOf(Name),
    DataType: 'text',
  };
}

/** A SecureString that is read as it is stored: stands for the ciphertext, and cannot be turned back. */
function valueFor({ Name, Type, Version, Value }: StoredParameter, decrypt: boolean | undefined): string {
  if (Type !== 'SecureString' || decrypt === true) return Value;
  return `AQICAH${createHash('sha256').update(`${Name}:${Version}:${Value}`).digest('base64')}`;
}
