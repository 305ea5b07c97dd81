import type { Clock } from '../../contract/clock.ts';
import type { Credentials } from '../aws/credentials.ts';
import { type Call, type Grant, judgeAnswer } from './answer.ts';
import type { PostJson, PostRequest, TlsSettings } from './http.ts';

/** A third party's API that issues tokens. Another kind of API is another implementation of this. */
export interface TokenApi {
  login(credentials: Credentials, timeoutMs: number): Promise<Grant>;
  refresh(refreshToken: string, timeoutMs: number): Promise<Grant>;
}

export interface TokenApiDeps {
  readonly post: PostJson;
  readonly clock: Clock;
  /** For an API with certificates of its own, which stand beside the credentials. Default: the usual ones do. */
  readonly tlsOfRefresh?: ((timeoutMs: number) => Promise<TlsSettings | undefined>) | undefined;
}

/**
 * `POST {baseUrl}/auth/token` with `{username, password}` and `POST {baseUrl}/auth/token/refresh` with
 * `{refreshToken}`, both answered by `{data: {token, refreshToken}}`.
 *
 * Both throw RefreshError.
 */
export function passwordTokenApi(baseUrl: string, { post, clock, tlsOfRefresh }: TokenApiDeps): TokenApi {
  const call = async (kind: Call, request: PostRequest): Promise<Grant> =>
    judgeAnswer(kind, await post(request), clock.now());
  return {
    login: ({ username, password, tls }, timeoutMs) =>
      call('login', { url: `${baseUrl}/auth/token`, body: { username, password }, timeoutMs, tls }),
    async refresh(refreshToken, timeoutMs) {
      const end = clock.now() + timeoutMs;
      // Half of the time, so that with certificates known from before there is enough left for the call.
      const tls = await tlsOfRefresh?.(timeoutMs / 2);
      const url = `${baseUrl}/auth/token/refresh`;
      return call('refresh', { url, body: { refreshToken }, timeoutMs: end - clock.now(), tls });
    },
  };
}
