import type { TokenSettings } from '../contract/function-settings.ts';
import { accessTokenParameter, credentialsSecret } from '../contract/names.ts';
import { DEFAULT_TIMES } from '../contract/times.ts';
import { defaultTokenApi, type TokenApiSettings } from '../contract/token-api.ts';
import { ParameterStore as ParameterStoreModel } from '../fakes/memory-aws/parameter-store.ts';
import { SecretStore } from '../fakes/memory-aws/secret-store.ts';
import type { CredentialsStore } from '../lambda/aws/credentials.ts';
import type { ParameterStore } from '../lambda/aws/parameters.ts';
import { credentialsService, parameterService, type ServiceProps } from './aws-services.ts';
import { type Fault, Faults } from './faults.ts';
import { seededRandom } from './random.ts';
import { TokenHost } from './token-host.ts';
import { VirtualTime } from './virtual-time.ts';

export const ENVIRONMENT = 'simulation';
export const USERNAME = 'demo';
export const FIRST_PASSWORD = 'password-1';

/** Virtual time begins here. */
export const START = Date.UTC(2026, 0, 1);

export type Times = Pick<TokenSettings, keyof typeof DEFAULT_TIMES>;

const DOMAIN = '.example.com';

/** How a token API differs from the one that the settings expect. */
export interface ApiTraits {
  /** How long access tokens really live, which answers then state. Default: as the settings say. */
  readonly statedLifetimeSeconds?: number;
  /** Answers hold no refresh token: each access token takes a login. Default: false. */
  readonly loginAlone?: boolean;
  /** What the settings say of it. Default: nothing. */
  readonly describe?: (baseUrl: string) => TokenApiSettings;
}

export interface WorldProps extends ApiTraits {
  readonly seed: number;
  readonly times?: Times;
  readonly faults?: readonly Fault[];
  readonly tokens?: readonly string[];
  /** Refused logins in a row that lock the user out, and for how long. Default: never. */
  readonly lockout?: { readonly afterRefusals: number; readonly seconds: number };
}

/** All that a refresher has to do with: time, AWS's stores and a token API for each token. */
export class World {
  readonly time = new VirtualTime(START);
  readonly random: () => number;
  readonly faults: Faults;
  readonly tokens: Readonly<Record<string, TokenSettings>>;
  readonly hosts: ReadonlyMap<string, TokenHost>;
  readonly parameterStore: ParameterStoreModel;
  readonly secretStore: SecretStore;
  readonly parameters: ParameterStore;
  readonly credentials: CredentialsStore;

  constructor({
    seed,
    times = DEFAULT_TIMES,
    faults = [],
    tokens = ['payments-api'],
    lockout,
    statedLifetimeSeconds,
    loginAlone = false,
    describe = defaultTokenApi,
  }: WorldProps) {
    const { time } = this;
    this.random = seededRandom(seed);
    this.faults = new Faults({ faults, time, random: this.random });
    this.parameterStore = new ParameterStoreModel({ now: time.now });
    this.secretStore = new SecretStore({ now: time.now });
    this.tokens = Object.fromEntries(tokens.map((token) => [token, settingsOf(token, times, describe)]));
    const services: ServiceProps = { time, faults: this.faults, random: this.random };
    this.hosts = new Map(
      tokens.map((token) => {
        const users = { [USERNAME]: FIRST_PASSWORD };
        const lifetime = statedLifetimeSeconds !== undefined && {
          accessTokenLifetimeSeconds: statedLifetimeSeconds,
          statesLifetime: true,
        };
        return [
          token,
          new TokenHost({
            ...services,
            ...times,
            ...lifetime,
            loginAlone,
            users,
            ...(lockout && { lockout }),
          }),
        ];
      }),
    );
    this.parameters = parameterService({
      ...services,
      store: this.parameterStore,
      onWritten: (name, value) => this.#noteWrite(name, value),
    });
    this.credentials = credentialsService({ ...services, store: this.secretStore });
    for (const token of tokens)
      this.secretStore.createSecret({ Name: credentialsSecret(ENVIRONMENT, token) });
  }

  readonly host = (token: string): TokenHost => {
    const host = this.hosts.get(token);
    if (host === undefined) throw new Error(`no such token: ${token}`);
    return host;
  };

  /** The token API at an address. */
  readonly hostAt = (url: string): TokenHost => this.host(new URL(url).hostname.replace(DOMAIN, ''));

  /** @param value the secret's string. */
  storeCredentials(token: string, value: string, versionId: string): void {
    const SecretId = credentialsSecret(ENVIRONMENT, token);
    this.secretStore.putSecretValue({ SecretId, SecretString: value, ClientRequestToken: versionId });
  }

  #noteWrite(name: string, value: string): void {
    for (const [token, { validity }] of this.hosts) {
      if (name !== accessTokenParameter(ENVIRONMENT, token)) continue;
      validity.stored = value;
      validity.look();
    }
  }
}

const settingsOf = (
  token: string,
  times: Times,
  describe: NonNullable<ApiTraits['describe']>,
): TokenSettings => ({
  ...times,
  api: describe(`https://${token}${DOMAIN}`),
  credentialsSecretId: credentialsSecret(ENVIRONMENT, token),
});
