import { AwsError } from './aws-error.ts';

export interface PageRequest {
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

export interface Page<T> {
  readonly items: T[];
  readonly NextToken?: string;
}

/**
 * One page of a listing. The token is the place where the next page starts.
 * @param most largest page, and the default
 * @throws AwsError `ValidationException` for a page larger than that
 */
export function page<T>(all: readonly T[], request: PageRequest, most: number): Page<T> {
  const size = request.MaxResults ?? most;
  if (size < 1 || size > most) {
    throw new AwsError('ValidationException', `MaxResults must be between 1 and ${most}, not ${size}.`);
  }
  const start = Number(request.NextToken ?? 0);
  const end = start + size;
  return { items: all.slice(start, end), ...(end < all.length && { NextToken: String(end) }) };
}
