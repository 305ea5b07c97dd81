import type { Clock } from '../../contract/clock.ts';
import { SECOND } from '../../contract/times.ts';
import type { Call, Grant } from '../token-api/answer.ts';
import type { TokenApi } from '../token-api/token-api.ts';
import { isAnswered } from './login-budget.ts';
import { RefreshError } from './refresh-error.ts';
import type { Trace } from './trace.ts';

export const CALL_SECONDS = 5;
/** No call is started with less time left. */
const SHORTEST_CALL_MS = 250;
const PAUSE_BEFORE_REPEAT_MS = { least: 200, most: 500 };

export interface CallProps {
  readonly call: Call;
  readonly send: (api: TokenApi, timeoutMs: number) => Promise<Grant>;
  /** Whether a call may be repeated after a brief failure, although the token API may have processed it. */
  readonly mayRepeat: boolean;
  /** Milliseconds since the epoch. Calls are aborted then. */
  readonly end: number;
  readonly tokenApi: TokenApi;
  readonly clock: Clock;
  readonly trace: Trace;
}

export interface Called {
  readonly grant: Grant | RefreshError;
  /** When the token API may have seen what was sent without accepting it, in milliseconds since the epoch. */
  readonly shown: readonly number[];
}

/** One call to the token API, within its time. Repeated once after a brief failure. */
export async function callTokenApi(props: CallProps): Promise<Called> {
  const { call, send, mayRepeat, tokenApi, clock, trace } = props;
  const end = Math.min(props.end, clock.now() + CALL_SECONDS * SECOND);
  const shown: number[] = [];
  const once = async (): Promise<Grant | RefreshError> => {
    const startedAt = clock.now();
    const timeoutMs = end - startedAt;
    if (timeoutMs < SHORTEST_CALL_MS) {
      return new RefreshError('ApiConnectTimeout', { detail: 'no time left in this attempt' });
    }
    const grant = await orFailure(send(tokenApi, timeoutMs));
    const failure = grant instanceof RefreshError ? grant : undefined;
    trace.called(call, clock.now() - startedAt, failure);
    if (failure !== undefined && isAnswered(failure.kind)) shown.push(startedAt);
    return grant;
  };
  const first = await once();
  if (!(first instanceof RefreshError)) return { grant: first, shown };
  const { least, most } = PAUSE_BEFORE_REPEAT_MS;
  const pause = least + clock.random() * (most - least);
  const isWorthwhile = first.fields.isBrief === true && end - clock.now() > pause + SHORTEST_CALL_MS;
  if (!isWorthwhile || (shown.length > 0 && !mayRepeat)) return { grant: first, shown };
  await clock.sleep(pause);
  return { grant: await once(), shown };
}

/** Returns expected failures as values. Anything else is a defect and is thrown. */
export async function orFailure<T>(promise: Promise<T>): Promise<T | RefreshError> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof RefreshError) return error;
    throw error;
  }
}
