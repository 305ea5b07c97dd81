import type { SecretValue } from '../aws/credentials.ts';
import type { Grant, Judged } from './answer.ts';
import type { Credentials } from './credentials.ts';

/** What is sent to a token API, as a POST of JSON. */
export interface ApiRequest {
  readonly url: string;
  readonly body: unknown;
}

/** A kind of token API: pure, so that another kind is another object of this shape, chosen in token-api.ts. */
export interface TokenApiKind {
  /** What tells its login from others, without a secret: limits on logins are counted for each. */
  readonly loginDescription: readonly string[];
  loginRequest(credentials: Credentials): ApiRequest;
  refreshRequest(refreshToken: string): ApiRequest;
  /** A grant that is fit to store. Throws RefreshError. */
  judge(judged: Judged): Grant;
  /** What a secret holds for it. Throws RefreshError `NoCredentials` or `CredentialsMalformed`. */
  parseCredentials(value: SecretValue): Credentials;
}
