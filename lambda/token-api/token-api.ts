import { createHash } from 'node:crypto';
import type { Clock } from '../../contract/clock.ts';
import type { TokenSettings } from '../../contract/function-settings.ts';
import type { CredentialsStore, SecretValue } from '../aws/credentials.ts';
import type { Grant } from './answer.ts';
import { certificatesOf } from './certificates.ts';
import type { Credentials } from './credentials.ts';
import type { PostJson, PostRequest } from './http.ts';
import { passwordKind } from './password-kind.ts';
import type { Call } from './verdict.ts';

/** A third party's API that issues tokens, over the network. All of it throws RefreshError. */
export interface TokenApi {
  /** The login request as the settings describe it, hashed; it holds no secret. Limits on logins are counted for each. */
  readonly loginRequest: string;
  parseCredentials(value: SecretValue): Credentials;
  login(credentials: Credentials, timeoutMs: number): Promise<Grant>;
  refresh(refreshToken: string, timeoutMs: number): Promise<Grant>;
}

export interface TokenApiDeps {
  readonly post: PostJson;
  readonly clock: Clock;
  /** Holds the certificates of an API that has its own. */
  readonly credentials: CredentialsStore;
}

/** The token API that a token's settings describe: here its kind is chosen. */
export function tokenApiOf(settings: TokenSettings, { post, clock, credentials }: TokenApiDeps): TokenApi {
  const { baseUrl, accessTokenLifetimeSeconds, certificatesInCredentials, credentialsSecretId } = settings;
  const kind = passwordKind(baseUrl);
  const certificates = certificatesInCredentials
    ? certificatesOf({
        store: credentials,
        secretId: credentialsSecretId,
        clock,
        parse: kind.parseCredentials,
      })
    : undefined;
  const send = async (call: Call, request: PostRequest, oddity?: string): Promise<Grant> => {
    const answer = await post(request);
    const lifetimeSeconds = accessTokenLifetimeSeconds;
    return kind.judge({ call, answer, now: clock.now(), lifetimeSeconds, oddity });
  };
  return {
    loginRequest: hashOf(kind.loginDescription),
    parseCredentials: kind.parseCredentials,
    login(shown, timeoutMs) {
      const { tls, oddity } = shown;
      return send('login', { ...kind.loginRequest(shown), timeoutMs, tls }, oddity);
    },
    async refresh(refreshToken, timeoutMs) {
      const end = clock.now() + timeoutMs;
      // Half of the time, so that with certificates known from before there is enough left for the call.
      const tls = await certificates?.(timeoutMs / 2);
      return send('refresh', { ...kind.refreshRequest(refreshToken), timeoutMs: end - clock.now(), tls });
    },
  };
}

const hashOf = (parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 16);
