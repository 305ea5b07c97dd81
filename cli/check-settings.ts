import { systemClock } from '../contract/clock.ts';
import { SECOND } from '../contract/times.ts';
import { fieldsOfSecret, optionalFieldsOfSecret } from '../contract/token-api.ts';
import { RefreshError } from '../lambda/refresh/refresh-error.ts';
import { sendRequest } from '../lambda/token-api/http.ts';
import { tokenApiOf } from '../lambda/token-api/token-api.ts';
import type { ParsedEnvironment } from '../lib/settings/environment.ts';
import type { ParsedToken } from '../lib/settings/token.ts';
import { badInput } from './failure.ts';
import { failureInWords } from './failures-in-words.ts';
import { type Finding, failure, ok, warning } from './findings.ts';
import { readCredentials } from './read-credentials.ts';
import type { Session } from './session.ts';
import { durationInWords } from './times-in-words.ts';

const CALL_SECONDS = 5;

/** Whether the token APIs of an environment can be reached from here. */
export async function checkApis(session: Session, { tokens }: ParsedEnvironment): Promise<Finding[]> {
  const { originsOf } = await import('../lib/settings/token-api/hosts.ts');
  const origins = [...new Set(tokens.flatMap(({ api }) => originsOf(api)))];
  session.screen.progress(`calling ${origins.join(', ')}`);
  return Promise.all(origins.map(reach));
}

/** Any answer is fine, since the path need not exist. */
async function reach(origin: string): Promise<Finding> {
  const startedAt = performance.now();
  try {
    const request = {
      method: 'GET',
      url: `${origin}/`,
      headers: {},
      timeoutMs: CALL_SECONDS * SECOND,
    } as const;
    const { status } = await sendRequest(request);
    const took = Math.round(performance.now() - startedAt);
    return ok(`${origin} answers in ${took} ms, TLS included (HTTP ${status})`);
  } catch (error) {
    return failure(`${origin}: ${inWords(error)}`, remedyOf(error));
  }
}

/** One login from this machine, with credentials that are typed in and stored nowhere. */
export async function checkLogin(
  session: Session,
  environment: ParsedEnvironment,
  name: string,
): Promise<Finding> {
  const token = environment.tokens.find((candidate) => candidate.name === name);
  if (token === undefined) throw badInput(`${environment.name} has no token "${name}".`);
  const { functionSettings } = await import('../lib/functions/function-settings.ts');
  const settings = functionSettings(environment.name, [token]).tokens[name];
  if (settings === undefined) throw new Error('the token has no settings');
  const fields = fieldsOfSecret(token.api);
  const optionalFields = optionalFieldsOfSecret(token.api);
  const secret = { environment: environment.name, token: name, secret: '', fields, optionalFields };
  session.screen.note(`One login to the token API of ${name}, from this machine. Nothing is stored.`);
  const value = await readCredentials(session, secret, []);
  session.screen.progress('logging in');
  const credentials = { currentVersion: async () => undefined, read: async () => value };
  const api = tokenApiOf(settings, { send: sendRequest, clock: systemClock, credentials });
  try {
    const grant = await api.login(await api.parseCredentials(value), CALL_SECONDS * SECOND);
    return lifetimes(token, grant);
  } catch (error) {
    return failure(`login of ${name}: ${inWords(error)}`, remedyOf(error));
  }
}

function lifetimes(
  { name, accessTokenLifetime, api }: ParsedToken,
  { lifetimeSeconds, refreshToken }: { readonly lifetimeSeconds?: number; readonly refreshToken?: string },
): Finding {
  const configured = accessTokenLifetime.toMilliseconds();
  const stated = lifetimeSeconds === undefined ? undefined : lifetimeSeconds * SECOND;
  const lives =
    stated === undefined
      ? `the answer states no lifetime, so the settings count: ${durationInWords(configured)}`
      : `the token lives ${durationInWords(stated)}, the settings say ${durationInWords(configured)}`;
  const renewal = refreshToken === undefined ? 'no refresh token' : 'a refresh token';
  const what = `login of ${name}: accepted; ${lives}; ${renewal} came`;
  if (stated !== undefined && stated < configured) {
    return warning(
      what,
      'The stated lifetime is used. Set accessTokenLifetime to it, so that the schedule fits.',
    );
  }
  if (api.refresh !== undefined && refreshToken === undefined) {
    return warning(what, 'The settings describe a refresh. Is answer.refreshToken the right place?');
  }
  return ok(what);
}

function inWords(error: unknown): string {
  if (!(error instanceof RefreshError)) throw error;
  const { detail, status } = error.fields;
  const more = [status !== undefined && `HTTP ${status}`, detail].filter(Boolean).join(', ');
  return `${failureInWords(error.code).says}${more === '' ? '' : ` (${more})`}`;
}

const remedyOf = (error: unknown): string =>
  error instanceof RefreshError ? failureInWords(error.code).todo : '';
