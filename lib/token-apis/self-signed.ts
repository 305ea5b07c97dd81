import type { SigningProps, TokenApi, TokenApiAnswer, TokenApiRequest } from '../settings/token-api/props.ts';
import { assertion, secret, text } from '../settings/token-api/values.ts';

export interface SelfSignedProps extends Omit<TokenApi, 'login' | 'refresh' | 'answer' | 'signing' | 'as'> {
  /** The key is the field `private_key` of the secret, if nothing else is said. */
  readonly signing: Omit<SigningProps, 'key'> & Partial<Pick<SigningProps, 'key'>>;
  /** Where a token is got with the signed JWT, which is shown as bearer token. Default: nowhere, the JWT is the access token. */
  readonly exchange?: TokenApiRequest & { readonly answer: TokenApiAnswer };
}

/** A JWT that is signed with a key of one's own, and is the access token, or is shown to get one. */
export function selfSigned({ signing, exchange, ...api }: SelfSignedProps): TokenApi {
  const signed = { ...api, as: 'client', signing: { key: secret('private_key'), ...signing } } as const;
  if (exchange === undefined) return { ...signed, login: 'signed' };
  const { answer, ...request } = exchange;
  const headers = { authorization: text`Bearer ${assertion}`, ...request.headers };
  return { ...signed, login: { ...request, headers }, answer };
}
