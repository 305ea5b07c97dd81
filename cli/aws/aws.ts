/** Where and as whom the SDK's clients work. Absent: as the AWS CLI finds it. */
export interface Place {
  readonly region?: string;
  readonly profile?: string;
  /** Shown to the user. SDK clients find the endpoint of the environment by themselves. */
  readonly endpoint?: string;
}

interface Client {
  readonly config: { readonly credentials: unknown };
}

/** By which CloudTrail tells a command's calls from others. */
export const USER_AGENT = 'token-refresher-cli';

/** The clients of one command, each made when it is first needed. They share the credentials, which may cost a call. */
export class Aws {
  readonly place: Place;
  /** Settings of all clients beside the place. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly #clients = new Map<unknown, Client>();

  constructor(place: Place, settings: Readonly<Record<string, unknown>> = {}) {
    this.place = place;
    this.settings = settings;
  }

  client<T extends Client>(Kind: new (settings: object) => T): T {
    const known = this.#clients.get(Kind) as T | undefined;
    if (known !== undefined) return known;
    const [first] = this.#clients.values();
    const { endpoint: _, ...where } = this.place;
    const made = new Kind({
      ...(first && { credentials: first.config.credentials }),
      ...where,
      customUserAgent: USER_AGENT,
      ...this.settings,
    });
    this.#clients.set(Kind, made);
    return made;
  }
}
