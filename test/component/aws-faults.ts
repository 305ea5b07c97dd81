import type { FailureCode } from '../../contract/failures.ts';
import type { ScriptedFault } from '../../fakes/memory-aws/faults.ts';
import { ACCESS_TOKEN, SESSION } from './stage.ts';

export interface AwsFault {
  readonly name: string;
  readonly faults: readonly ScriptedFault[];
  /** Whether the attempt has a refresh token to use, or must log in. */
  readonly at: 'refresh' | 'login';
  /** Code of the failure; absent: a new access token is stored all the same. */
  readonly code?: FailureCode;
  /** Calls that the token API gets in the failed attempt and the one after it, together. */
  readonly apiCalls: number;
}

const always = Number.POSITIVE_INFINITY;
const of = (name: string) => (input: Readonly<Record<string, unknown>>) => input.Name === name;

const TROUBLES = [
  ['throttled', 'throttle'],
  ['denied', 'deny'],
  ['denied by the key', 'denyKms'],
  ['answering 500', 'error500'],
  ['hanging', 'hang'],
] as const;

const lasting = (operation: string, fault: ScriptedFault['fault']): ScriptedFault => ({
  operation,
  fault,
  times: always,
});

export const awsFaults: readonly AwsFault[] = [
  {
    // Once: before its second repetition the SDK may wait longer than a read may take.
    name: 'Parameter Store throttling the first read',
    faults: [{ operation: 'GetParameters', fault: 'throttle', times: 1 }],
    at: 'refresh',
    apiCalls: 1,
  },
  {
    name: 'Parameter Store throttling the first writes',
    faults: [{ operation: 'PutParameter', fault: 'throttle', times: 2 }],
    at: 'refresh',
    apiCalls: 1,
  },
  {
    name: 'Parameter Store busy with another update',
    faults: [{ operation: 'PutParameter', fault: 'tooManyUpdates', times: 1 }],
    at: 'refresh',
    code: 'ParametersNotWritten',
    apiCalls: 1,
  },
  {
    name: 'a connection to Parameter Store reset after the write',
    faults: [{ operation: 'PutParameter', fault: 'resetAfterCommit', times: 2 }],
    at: 'refresh',
    apiCalls: 1,
  },
  ...TROUBLES.map(
    ([name, fault]): AwsFault => ({
      name: `reads of Parameter Store ${name}`,
      faults: [lasting('GetParameters', fault)],
      at: 'refresh',
      code: 'ParametersUnreadable',
      apiCalls: 1,
    }),
  ),
  ...TROUBLES.map(
    ([name, fault]): AwsFault => ({
      name: `writes of Parameter Store ${name}`,
      faults: [lasting('PutParameter', fault)],
      at: 'refresh',
      code: 'ParametersNotWritten',
      apiCalls: 1,
    }),
  ),
  {
    name: 'only the access token not written',
    faults: [{ ...lasting('PutParameter', 'error500'), match: of(ACCESS_TOKEN) }],
    at: 'refresh',
    code: 'ParametersNotWritten',
    apiCalls: 1,
  },
  {
    name: 'only the session not written',
    faults: [{ ...lasting('PutParameter', 'error500'), match: of(SESSION) }],
    at: 'refresh',
    code: 'ParametersNotWritten',
    apiCalls: 1,
  },
  ...TROUBLES.map(
    ([name, fault]): AwsFault => ({
      name: `Secrets Manager ${name}, with a refresh token at hand`,
      faults: [lasting('DescribeSecret', fault), lasting('GetSecretValue', fault)],
      at: 'refresh',
      apiCalls: 1,
    }),
  ),
  ...TROUBLES.map(
    ([name, fault]): AwsFault => ({
      name: `Secrets Manager ${name}, without one`,
      faults: [lasting('GetSecretValue', fault)],
      at: 'login',
      code: 'CredentialsUnreadable',
      apiCalls: 1,
    }),
  ),
];
