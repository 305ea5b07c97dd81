import { type ApiRequest, isText, type TokenApiSettings, type Value } from '../../../contract/token-api.ts';

/** The origins that requests of a description go to. */
export const originsOf = ({ login, refresh }: TokenApiSettings): readonly string[] => [
  ...new Set([login, refresh].filter(isRequest).map(({ url }) => new URL(beginningOf(url)).origin)),
];

/** Undefined: tokens are signed without a request. */
export const loginUrl = ({ login }: TokenApiSettings): string | undefined =>
  isRequest(login) ? beginningOf(login.url) : undefined;

/** Who refuses credentials, for people: the host of the login, or the issuer of a signed token. */
export function loginHost(api: TokenApiSettings): string {
  const url = loginUrl(api);
  if (url !== undefined) return new URL(url).host;
  const issuer = api.signing?.claims.iss;
  return typeof issuer === 'string' ? issuer : 'the token API';
}

const isRequest = (request: ApiRequest | 'signed' | undefined): request is ApiRequest =>
  typeof request === 'object';

/** Scheme and host are always text. */
const beginningOf = (url: Value): string => String(isText(url) ? url.text[0] : url);
