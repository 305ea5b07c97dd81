import { type Call, type Grant, judgeAnswer } from './answer.ts';
import type { Clock } from './clock.ts';
import type { Credentials } from './credentials.ts';
import type { PostJson } from './http.ts';

/** A third party's API that issues tokens. Another kind of API is another implementation of this. */
export interface TokenApi {
  login(credentials: Credentials, timeoutMs: number): Promise<Grant>;
  refresh(refreshToken: string, timeoutMs: number): Promise<Grant>;
}

/**
 * `POST {baseUrl}/auth/token` with `{username, password}` and `POST {baseUrl}/auth/token/refresh` with
 * `{refreshToken}`, both answered by `{data: {token, refreshToken}}`.
 *
 * Both throw RefreshError.
 */
export function passwordTokenApi(baseUrl: string, deps: { post: PostJson; clock: Clock }): TokenApi {
  const call = async (kind: Call, path: string, body: unknown, timeoutMs: number): Promise<Grant> => {
    const answer = await deps.post({ url: `${baseUrl}${path}`, body, timeoutMs });
    return judgeAnswer(kind, answer, deps.clock.now());
  };
  return {
    login: ({ username, password }, timeoutMs) =>
      call('login', '/auth/token', { username, password }, timeoutMs),
    refresh: (refreshToken, timeoutMs) => call('refresh', '/auth/token/refresh', { refreshToken }, timeoutMs),
  };
}
