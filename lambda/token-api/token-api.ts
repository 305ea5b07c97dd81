import { createHash } from 'node:crypto';
import type { Clock } from '../../contract/clock.ts';
import type { TokenSettings } from '../../contract/function-settings.ts';
import type { Credentials } from '../aws/credentials.ts';
import { type Grant, judgeAnswer } from './answer.ts';
import type { TlsSettings } from './connection.ts';
import type { PostJson, PostRequest } from './http.ts';
import type { Call } from './verdict.ts';

/** A third party's API that issues tokens. Another kind of API is another implementation of this. */
export interface TokenApi {
  /** The login request as the settings describe it, hashed; it holds no secret. Limits on logins are counted for each. */
  readonly loginRequest: string;
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
export function passwordTokenApi(
  { baseUrl, accessTokenLifetimeSeconds }: Pick<TokenSettings, 'baseUrl' | 'accessTokenLifetimeSeconds'>,
  { post, clock, tlsOfRefresh }: TokenApiDeps,
): TokenApi {
  const send = async (call: Call, request: PostRequest, oddity?: string): Promise<Grant> => {
    const answer = await post(request);
    return judgeAnswer({
      call,
      answer,
      now: clock.now(),
      lifetimeSeconds: accessTokenLifetimeSeconds,
      oddity,
    });
  };
  const loginUrl = `${baseUrl}/auth/token`;
  return {
    loginRequest: hashOf(['POST', loginUrl, 'username', 'password']),
    login({ username, password, tls, oddity }, timeoutMs) {
      const request = { url: loginUrl, body: { username, password }, timeoutMs, tls };
      return send('login', request, oddity);
    },
    async refresh(refreshToken, timeoutMs) {
      const end = clock.now() + timeoutMs;
      // Half of the time, so that with certificates known from before there is enough left for the call.
      const tls = await tlsOfRefresh?.(timeoutMs / 2);
      const url = `${baseUrl}/auth/token/refresh`;
      return send('refresh', { url, body: { refreshToken }, timeoutMs: end - clock.now(), tls });
    },
  };
}

const hashOf = (parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 16);
