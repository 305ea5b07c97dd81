import type { TokenApi, TokenApiAnswer, TokenApiRequest } from '../settings/token-api/props.ts';

export interface LoginProps
  extends Omit<TokenApi, 'login' | 'refresh' | 'answer' | 'signing'>,
    TokenApiRequest {
  readonly answer: TokenApiAnswer;
  /** Default: each token takes a login. */
  readonly refresh?: TokenApiRequest;
}

/** An API of its own kind: an account logs in by JSON, a form or whatever the request says. */
export function login(props: LoginProps): TokenApi {
  const { url, method, query, headers, basic, form, json, ...api } = props;
  const request = { url, method, query, headers, basic, form, json };
  const given = Object.fromEntries(Object.entries(request).filter(([, part]) => part !== undefined));
  return { as: 'account', ...api, login: given as unknown as TokenApiRequest };
}
