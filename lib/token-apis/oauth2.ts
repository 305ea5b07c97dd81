import type {
  Json,
  JsonObject,
  SigningProps,
  TokenApi,
  TokenApiRequest,
  Values,
} from '../settings/token-api/props.ts';
import {
  assertion,
  type HiddenValue,
  literal,
  refreshToken,
  secret,
  type Value,
} from '../settings/token-api/values.ts';

/** How the client says who it is (RFC 7591, section 2: `token_endpoint_auth_method`). */
export type ClientAuthentication =
  | 'client_secret_basic'
  | 'client_secret_post'
  | 'private_key_jwt'
  | 'tls_client_auth'
  | 'none';

/** What signs assertions, as far as it has no default. */
type AssertionSigning = Partial<SigningProps> & Pick<SigningProps, 'algorithm'>;

export interface OAuth2Props {
  /** Absolute, or a path below the token's `baseUrl`. */
  readonly tokenUrl: string;
  /** `client_credentials`, `password`, `jwt_bearer` (RFC 7523), or what a vendor calls its own. */
  readonly grant: 'client_credentials' | 'password' | 'jwt_bearer' | (string & {});
  /** Default: `client_secret_basic`. */
  readonly auth?: ClientAuthentication;
  /** By RFC 6749 a form; some servers want JSON. Default: `form`. */
  readonly body?: 'form' | 'json';
  readonly scope?: string;
  /** As some servers want it. */
  readonly audience?: string;
  /** RFC 8707. */
  readonly resource?: string;
  /** More parameters of the request. */
  readonly params?: Values;
  readonly headers?: Values;
  /** Of `client_secret_basic`. Default: `rfc6749`. */
  readonly basicEncoding?: 'rfc6749' | 'plain';
  /**
   * Fields of the secret. Defaults: `client_id`, `client_secret`, `username`, `password`, `private_key`, `cert` and `key`. A client
   * id that is no secret may be `literal('…')`.
   */
  readonly fields?: {
    readonly clientId?: HiddenValue;
    readonly clientSecret?: HiddenValue;
    readonly username?: HiddenValue;
    readonly password?: HiddenValue;
    readonly privateKey?: HiddenValue;
    readonly cert?: HiddenValue;
    readonly key?: HiddenValue;
  };
  /**
   * How the assertion of `private_key_jwt` and `jwt_bearer` is signed: the algorithm, and what differs from the defaults. `iss` and
   * `sub` are the client's id, `aud` is the token URL.
   */
  readonly signing?: AssertionSigning;
  /** The server answers with refresh tokens. Default: with the grant `password` only. */
  readonly refresh?: boolean;
  /** What is not as RFC 6749 says it, and what the token's settings are by default. */
  readonly overrides?: Partial<TokenApi>;
}

const GRANT_TYPES: Readonly<Record<string, string>> = {
  jwt_bearer: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
};

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** A token endpoint of OAuth 2.0 (RFC 6749), with the client authentication of RFC 7523 and RFC 8705 besides. */
export function oauth2(props: OAuth2Props): TokenApi {
  const { grant, auth = 'client_secret_basic', scope, audience, resource, params, fields = {} } = props;
  const clientId = fields.clientId ?? secret('client_id');
  const isPassword = grant === 'password';
  const hasRefresh = props.refresh ?? isPassword;
  const ofGrant: Values = {
    grant_type: GRANT_TYPES[grant] ?? grant,
    ...(isPassword && {
      username: fields.username ?? secret('username'),
      password: fields.password ?? secret('password'),
    }),
    ...(grant === 'jwt_bearer' && { assertion }),
    ...(scope !== undefined && { scope }),
    ...(audience !== undefined && { audience }),
    ...(resource !== undefined && { resource }),
    ...params,
  };
  const signs = grant === 'jwt_bearer' || auth === 'private_key_jwt';
  return {
    login: request(props, clientId, ofGrant),
    ...(hasRefresh && {
      refresh: request(props, clientId, { grant_type: 'refresh_token', refresh_token: refreshToken }),
    }),
    answer: {
      token: '/access_token',
      ...(hasRefresh && { refreshToken: '/refresh_token' }),
      expires: { at: '/expires_in' },
    },
    as: isPassword ? 'account' : 'client',
    ...(signs && { signing: signing(props, clientId) }),
    ...(auth === 'tls_client_auth' && {
      tls: { cert: fields.cert ?? secret('cert'), key: fields.key ?? secret('key') },
    }),
    ...props.overrides,
  };
}

function request(props: OAuth2Props, clientId: HiddenValue, parameters: Values): TokenApiRequest {
  const {
    tokenUrl,
    auth = 'client_secret_basic',
    body = 'form',
    headers,
    basicEncoding,
    fields = {},
  } = props;
  const clientSecret = fields.clientSecret ?? secret('client_secret');
  const isShownInBody = parameters.grant_type !== GRANT_TYPES.jwt_bearer || auth !== 'none';
  const all: Values = {
    ...parameters,
    ...(auth !== 'client_secret_basic' && isShownInBody && { client_id: clientId }),
    ...(auth === 'client_secret_post' && { client_secret: clientSecret }),
    ...(auth === 'private_key_jwt' && {
      client_assertion_type: literal(ASSERTION_TYPE),
      client_assertion: assertion,
    }),
  };
  return {
    url: tokenUrl,
    ...(headers !== undefined && { headers }),
    ...(auth === 'client_secret_basic' && {
      basic: {
        username: clientId,
        password: clientSecret,
        ...(basicEncoding !== undefined && { encoding: basicEncoding }),
      },
    }),
    ...(body === 'json' ? { json: all as JsonObject as Json } : { form: all }),
  };
}

function signing({ tokenUrl, signing: own, fields = {} }: OAuth2Props, clientId: Value): SigningProps {
  return {
    algorithm: 'RS256',
    key: fields.privateKey ?? secret('private_key'),
    issuer: clientId,
    subject: clientId,
    audience: tokenUrl,
    ...own,
  };
}
