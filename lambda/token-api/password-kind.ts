import { judgeAnswer } from './answer.ts';
import { parseCredentials } from './credentials.ts';
import type { TokenApiKind } from './kind.ts';

/**
 * `POST {baseUrl}/auth/token` with `{username, password}` and `POST {baseUrl}/auth/token/refresh` with
 * `{refreshToken}`, both answered by `{data: {token, refreshToken}}`.
 */
export function passwordKind(baseUrl: string): TokenApiKind {
  const loginUrl = `${baseUrl}/auth/token`;
  return {
    loginDescription: ['POST', loginUrl, 'username', 'password'],
    loginRequest: ({ username, password }) => ({ url: loginUrl, body: { username, password } }),
    refreshRequest: (refreshToken) => ({ url: `${loginUrl}/refresh`, body: { refreshToken } }),
    judge: judgeAnswer,
    parseCredentials,
  };
}
