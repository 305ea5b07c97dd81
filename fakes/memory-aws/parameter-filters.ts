import type { ParameterStringFilter } from '@aws-sdk/client-ssm';
import { AwsError } from './aws-error.ts';

/** Whether a parameter is below a path: on the next level, or on any when `recursive`. */
export function underPath(name: string, path: string, recursive: boolean): boolean {
  const folder = path.endsWith('/') ? path : `${path}/`;
  if (!name.startsWith(folder)) return false;
  return recursive || !name.slice(folder.length).includes('/');
}

export interface Filtered {
  readonly Name: string;
  readonly Type: string;
  readonly Tier: string;
  readonly KeyId?: string;
}

/**
 * The filters of DescribeParameters by name, path, type, tier and key.
 * @throws AwsError `InvalidFilterKey` for another one
 */
export function matchesFilters(parameter: Filtered, filters: readonly ParameterStringFilter[]): boolean {
  return filters.every(({ Key, Option = 'Equals', Values = [] }) => {
    switch (Key) {
      case 'Path':
        return Values.some((path) => underPath(parameter.Name, path, Option === 'Recursive'));
      case 'Name':
      case 'Type':
      case 'Tier':
      case 'KeyId':
        return Values.some((value) => matches(parameter[Key] ?? '', Option, value));
      default:
        throw new AwsError('InvalidFilterKey', `The specified filter key ${Key} is not valid.`);
    }
  });
}

function matches(text: string, option: string, value: string): boolean {
  if (option === 'BeginsWith') return text.startsWith(value);
  return option === 'Contains' ? text.includes(value) : text === value;
}
