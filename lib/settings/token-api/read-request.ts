import { type ApiRequest, isText, type Reference, type Value } from '../../../contract/token-api.ts';
import { baseUrl } from '../base-url.ts';
import { fieldsOf, isObject, object, optional, type Parser, peek, whole, withDefault } from '../parser.ts';
import { REFUSED, type Refused } from '../setting-error.ts';
import { show } from '../show.ts';
import { oneOf } from '../values.ts';
import { named, template, value, values } from './read-value.ts';

export interface RequestContext {
  /** Of the token; undefined: it has none. */
  readonly baseUrl: string | undefined | Refused;
  /** Allows plain http on loopback. */
  readonly local: boolean;
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH'] as const;

/** Set by the connection, or with a meaning for it. */
const OWN_HEADERS = [
  ...['host', 'content-length', 'transfer-encoding', 'connection', 'keep-alive', 'upgrade', 'te', 'trailer'],
  ...['expect', 'accept-encoding', 'proxy-authorization'],
];

export const requestOf =
  (context: RequestContext): Parser<ApiRequest> =>
  (written, path) => {
    const fields = fieldsOf(
      {
        url: urlOf(context),
        method: withDefault(oneOf(METHODS), 'POST'),
        query: optional(values(value)),
        headers: optional(headers),
        basic: optional(object({ username: named('username'), password: named('password'), encoding })),
        form: optional(values(value)),
        json: optional((json, at) => template(json, at, '')),
      },
      written,
      path,
    );
    if (fields.form !== undefined && fields.json !== undefined)
      path.refuse('has form or json, not both', 'both');
    const hasBody = fields.form !== undefined || fields.json !== undefined;
    if (fields.method === 'GET' && hasBody) path.to('method').refuse('must not be GET with a body', '"GET"');
    if (fields.basic !== undefined && fields.headers && 'authorization' in fields.headers)
      path.to('basic').refuse('goes without a header Authorization', 'both');
    const isWhole =
      !(fields.form !== undefined && fields.json !== undefined) && !(fields.method === 'GET' && hasBody);
    return isWhole ? whole<ApiRequest>(fields as never) : REFUSED;
  };

const encoding = withDefault(oneOf(['rfc6749', 'plain']), 'rfc6749');

const partsOf = (url: Value): readonly (string | Reference)[] => (isText(url) ? url.text : [url]);

/** A request as it is written, whose URL is a path. */
export function isBelowBaseUrl(request: unknown): boolean {
  const url = isObject(request) ? peek(named(''), request.url) : undefined;
  const [first] = url === undefined ? [] : partsOf(url);
  return typeof first === 'string' && first.startsWith('/');
}

/** Scheme and host are text, so that no secret decides where the others go. */
const urlOf =
  ({ baseUrl: base, local }: RequestContext): Parser<Value> =>
  (written, path) => {
    const url = value(written, path, '');
    if (url === REFUSED) return REFUSED;
    const parts = partsOf(url);
    const [first = ''] = parts;
    if (typeof first !== 'string')
      return path.refuse('must begin with a scheme and a host, or with /', 'a value');
    if (/[?#]/.test(parts.filter((part) => typeof part === 'string').join('')))
      return path.refuse('must have neither query nor fragment: there is a setting query', 'one of them');
    if (!first.startsWith('/')) {
      if (parts.length > 1 && !/^[a-z]+:\/\/[^/]+\//.test(first))
        return path.refuse('must have a host without values in it', 'a value in the host');
      const checked = baseUrl(local)(
        parts.map((part) => (typeof part === 'string' ? part : 'x')).join(''),
        path,
      );
      return checked === REFUSED ? REFUSED : url;
    }
    if (base === REFUSED) return REFUSED;
    if (base === undefined)
      return path.refuse('must be absolute, or the token must have a baseUrl', show(first));
    return typeof url === 'string' ? `${base}${url}` : { text: [`${base}${first}`, ...parts.slice(1)] };
  };

const headers: Parser<Record<string, Value>> = (written, path) => {
  const read = values((header, at, name) => {
    const key = name.toLowerCase();
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return at.refuse('must be a name of an HTTP header', show(name));
    if (OWN_HEADERS.includes(key))
      return at.refuse('must not be set: it is up to the connection', show(name));
    const parsed = value(header, at, name);
    const isPlain = typeof parsed !== 'string' || /^[\x20-\x7e]*$/.test(parsed);
    return isPlain ? parsed : at.refuse('must be visible ASCII', 'other characters');
  })(written, path);
  if (read === REFUSED) return REFUSED;
  const names = Object.keys(read).map((name) => name.toLowerCase());
  const repeated = names.find((name, index) => names.indexOf(name) < index);
  if (repeated !== undefined)
    return path.refuse('must have different names, whatever their case', `${show(repeated)} twice`);
  return Object.fromEntries(Object.entries(read).map(([name, header]) => [name.toLowerCase(), header]));
};
