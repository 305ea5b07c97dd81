import { kindOfFailure } from '../../contract/failures.ts';
import { DIMENSIONS, METRICS } from '../../contract/metrics.ts';
import { TOKEN_NAME, TOKEN_NAME_MAX_LENGTH } from '../../contract/names.ts';
import { SECOND } from '../../contract/times.ts';
import { credentialsInWords } from '../../contract/token-api.ts';
import type { RefreshError } from '../refresh/refresh-error.ts';
import type { ApiCall } from '../refresh/trace.ts';
import { type Measured, type MetricGroup, measure, reasonsForAttention } from './measurements.ts';

/** A log line's named fields. */
export type LogFields = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** Receives log lines and metrics. */
export interface Sink {
  log(level: 'info' | 'warn' | 'error', message: string, fields: LogFields): void;
  emit(group: MetricGroup): void;
}

export interface ToldAttempt extends Measured {
  readonly durationMs: number;
  readonly messageId: string;
}

/** Reports what happened: one log line per message, with named fields only, and its metrics. */
export interface Telemetry {
  attempt(told: ToldAttempt): void;
  unknownToken(messageId: string, token: string): void;
  rejected(messageId: string, reason: string): void;
  /** A call to SQS failed; the message comes back when its visibility timeout ends. */
  queueTrouble(messageId: string, awsError: string): void;
}

export function telemetry(environment: string, sink: Sink): Telemetry {
  const countInEnvironment = (name: string) =>
    sink.emit({
      dimensions: { [DIMENSIONS.environment]: environment },
      metrics: [{ name, unit: 'Count', value: 1 }],
    });
  return {
    attempt(measured) {
      sink.log(levelOf(measured), MESSAGES[measured.outcome.ending.kind], attemptFields(measured));
      for (const group of measure(measured)) sink.emit(group);
    },
    unknownToken(messageId, token) {
      sink.log('warn', 'this environment has no such token', {
        outcome: 'acknowledged',
        code: 'UnknownToken',
        token:
          TOKEN_NAME.test(token) && token.length <= TOKEN_NAME_MAX_LENGTH ? token : 'not a name of a token',
        messageId,
      });
      countInEnvironment(METRICS.perEnvironment.unknownToken);
    },
    rejected(messageId, reason) {
      sink.log('error', 'no valid request: moved to the dead-letter queue', {
        outcome: 'rejected',
        code: 'InvalidRequest',
        reason,
        messageId,
      });
      countInEnvironment(METRICS.perEnvironment.rejectedMessage);
    },
    queueTrouble(messageId, awsError) {
      sink.log('warn', 'the queue did not take a change', {
        code: 'QueueTrouble',
        detail: awsError,
        messageId,
      });
    },
  };
}

const MESSAGES = {
  refreshed: 'stored a new access token',
  satisfied: 'the stored access token is newer than the request',
  superseded: 'a later scheduled request has taken over',
  'put-off': 'the stored access token is too young to be replaced yet',
  failed: 'no new access token',
} as const;

function levelOf({ outcome }: Measured): 'info' | 'warn' | 'error' {
  if (outcome.ending.kind === 'failed') return outcome.tries > 1 ? 'error' : 'warn';
  return outcome.trace.credentials === 'refused' ? 'error' : 'info';
}

function attemptFields(measured: ToldAttempt): LogFields {
  const { environment, request, outcome, durationMs, now, messageId } = measured;
  const { ending, trace, session, version, credentialsVersion } = outcome;
  const { credentialsSince } = session?.granted ?? {};
  const wait = 'wait' in ending ? ending.wait : undefined;
  const failure = ending.kind === 'failed' ? ending.failure : undefined;
  const attention = reasonsForAttention(measured);
  return {
    environment,
    token: request.token,
    outcome: ending.kind,
    how: ending.kind === 'refreshed' ? ending.how : undefined,
    code: failure?.code,
    detail: failure && detailOf(failure, measured),
    notes: trace.notes.length > 0 ? trace.notes : undefined,
    oauthError: failure?.fields.oauthError,
    apiStatus: trace.calls.at(-1)?.status,
    apiCalls: trace.calls.map(
      ({ call, code, durationMs }) => `${call} ${code ?? 'ok'} ${Math.round(durationMs)} ms`,
    ),
    credentials: trace.credentials ?? (trace.calls.some(isWithoutVerdict) ? 'no verdict' : undefined),
    credentialsVersion,
    credentialsSince: credentialsSince && new Date(credentialsSince).toISOString(),
    durationMs: Math.round(durationMs),
    messageId,
    attempt: request.attempt,
    tries: outcome.tries,
    requestedBy: request.requestedBy,
    rejectedVersion: request.rejectedVersion,
    parameterVersion: version,
    expiresAt: session?.granted && new Date(session.granted.expiresAt).toISOString(),
    retryInSeconds: wait === undefined ? undefined : Math.ceil((wait.until - now) / SECOND),
    retryBy: wait?.how,
    attention: attention.length > 0 ? attention : undefined,
  };
}

/** The login was answered but neither accepted nor refused. */
const isWithoutVerdict = ({ call, code }: ApiCall): boolean =>
  call === 'login' && code !== undefined && kindOfFailure(code) === 'inconclusive';

function detailOf(
  { kind, fields }: RefreshError,
  { environment, settings, request, outcome }: Measured,
): string | undefined {
  const { detail, notJson } = fields;
  const wasNeverAccepted = outcome.session?.granted === undefined;
  if (notJson && wasNeverAccepted) {
    return [detail, 'or this API speaks another protocol'].filter(Boolean).join('; ');
  }
  if (kind !== 'missing') return detail;
  return `set them, as ${credentialsInWords(settings.api)}: token-refresher credentials ${environment} ${request.token}`;
}
