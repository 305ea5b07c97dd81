import { accessTokenParameter } from '../contract/names.ts';
import { MINUTE, SECOND } from '../contract/times.ts';
import { tokenApiOf } from '../lambda/token-api/token-api.ts';
import { ENVIRONMENT, FIRST_PASSWORD, USERNAME, type World } from './world.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const PAUSES_BEFORE_RETRY_MS = [MINUTE, 2 * MINUTE];

const CALL_MS = 5 * SECOND;

/**
 * What is usually built, to compare with: a schedule that invokes a function, which uses its refresh token or else logs
 * in. When it fails, Lambda tries it twice more.
 */
export class PlainRefresher {
  readonly #world: World;
  readonly #refreshTokens = new Map<string, string>();

  constructor(world: World) {
    this.#world = world;
  }

  tick(token: string): void {
    void this.#invoke(token);
  }

  async #invoke(token: string): Promise<void> {
    const { sleep } = this.#world.time;
    for (const pauseMs of [0, ...PAUSES_BEFORE_RETRY_MS]) {
      await sleep(pauseMs);
      if (await this.#run(token)) return;
    }
  }

  async #run(token: string): Promise<boolean> {
    const { faults, parameters, time, host } = this.#world;
    if (faults.hit('crash')) return false;
    const clock = { now: time.now, monotonic: time.now, sleep: time.sleep, random: () => 0 };
    const settings = this.#world.tokens[token];
    if (settings === undefined) throw new Error(`no such token: ${token}`);
    const { send } = host(token);
    const api = tokenApiOf(settings, { send, clock, credentials: this.#world.credentials });
    const credentials = { fields: { username: USERNAME, password: FIRST_PASSWORD } };
    try {
      const grant = await api
        .refresh({ refreshToken: this.#refreshTokens.get(token) ?? '' }, CALL_MS)
        .catch(() => api.login(credentials, CALL_MS));
      if (grant.refreshToken !== undefined) this.#refreshTokens.set(token, grant.refreshToken);
      const name = accessTokenParameter(ENVIRONMENT, token);
      await parameters.write({ name, value: grant.accessToken, description: '' }, CALL_MS);
      return true;
    } catch {
      return false;
    }
  }
}
