import type { ApiRequest, Reference, Value } from '../../contract/token-api.ts';
import { RefreshError } from '../refresh/refresh-error.ts';
import { fill, fillAll, fillTemplate, type Insert } from './fill.ts';

/** A request with all values inserted. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

const HEADERS = {
  accept: 'application/json',
  'accept-encoding': 'identity',
  'user-agent': 'token-refresher',
};

/** @throws RefreshError `CredentialsMalformed` if a field does not fit its place. */
export function httpRequest(request: ApiRequest, insert: Insert): HttpRequest {
  const { method, basic, form, json } = request;
  const inHeader = (value: Value) => fill(value, only(VISIBLE, 'visible ASCII', insert));
  const headers = Object.entries(request.headers ?? {}).map(([name, value]) => [name, inHeader(value)]);
  const [type, body] =
    form !== undefined
      ? ['application/x-www-form-urlencoded', new URLSearchParams(fillAll(form, insert)).toString()]
      : json !== undefined
        ? ['application/json', JSON.stringify(fillTemplate(json, insert))]
        : [];
  return {
    method,
    url: urlOf(request, insert),
    headers: {
      ...HEADERS,
      ...(type !== undefined && { 'content-type': type }),
      ...(basic !== undefined && { authorization: basicAuthorization(basic, insert) }),
      ...Object.fromEntries(headers),
    },
    ...(body !== undefined && { body }),
  };
}

function urlOf({ url, query }: ApiRequest, insert: Insert): string {
  const whole = new URL(fill(url, insert, (inserted) => encodeURIComponent(inserted.toWellFormed())));
  for (const [name, value] of Object.entries(fillAll(query, insert))) whole.searchParams.append(name, value);
  return whole.href;
}

/** HTTP Basic (RFC 7617). RFC 6749, section 2.3.1, requires percent-encoding, which many servers do not expect. */
function basicAuthorization(
  { username, password, encoding }: NonNullable<ApiRequest['basic']>,
  insert: Insert,
): string {
  const [user, pass] =
    encoding === 'plain'
      ? [fill(username, only(NO_COLON, 'text without a colon', insert)), fill(password, insert)]
      : [formEncoded(fill(username, insert)), formEncoded(fill(password, insert))];
  return `Basic ${Buffer.from(`${user}:${pass}`).toString('base64')}`;
}

const formEncoded = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1);

const VISIBLE = /^[\x21-\x7e]+$/;
const NO_COLON = /^[^:]*$/;

/** Inserts values that match the pattern. An error names the field of the secret, never its value. */
const only =
  (allowed: RegExp, rule: string, insert: Insert): Insert =>
  (reference: Reference) => {
    const inserted = insert(reference);
    if (allowed.test(inserted)) return inserted;
    const name = 'secret' in reference ? `field ${reference.secret}` : reference.value;
    throw new RefreshError('CredentialsMalformed', { detail: `${name} must be ${rule}, where it is sent` });
  };
