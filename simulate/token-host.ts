import { SECOND } from '../contract/times.ts';
import {
  type IssuedTokens,
  TokenApiModel,
  type TokenApiSettings,
} from '../fakes/token-api/token-api-model.ts';
import { RefreshError } from '../lambda/refresh/refresh-error.ts';
import type { Call } from '../lambda/token-api/answer.ts';
import type { HttpAnswer, SendRequest } from '../lambda/token-api/http.ts';
import type { Faults } from './faults.ts';
import { Validity } from './validity.ts';
import type { VirtualTime } from './virtual-time.ts';

const LATENCY_MS = { least: 60, most: 300 };
const REFUSAL_MS = 5;

/** One call, as the token API's side of the network saw it. Times in milliseconds since the epoch. */
export interface TokenCall {
  readonly kind: Call;
  /** The password or the refresh token. */
  readonly presented: string;
  /** Whether it was sent: not where the connection was turned away. */
  isSent: boolean;
  readonly from: number;
  /** When the caller had its answer or gave up; undefined: it is still waiting. */
  to: number | undefined;
  /** What the token API did, if the call got through to it. */
  work: IssuedTokens | 'refused' | undefined;
  /** Whether the caller heard of it. */
  isAnswered: boolean;
}

export interface TokenHostProps extends Omit<TokenApiSettings, 'now' | 'randomHex'> {
  readonly time: VirtualTime;
  readonly faults: Faults;
  readonly random: () => number;
  /** Answers say how long the access token lives. Default: false. */
  readonly statesLifetime?: boolean;
  /** Answers hold no refresh token. Default: false. */
  readonly loginAlone?: boolean;
}

/** A token API and the network in front of it, with all that can go wrong there. */
export class TokenHost {
  readonly model: TokenApiModel;
  readonly validity: Validity;
  readonly calls: TokenCall[] = [];
  readonly #props: TokenHostProps;

  constructor(props: TokenHostProps) {
    const { time, random } = props;
    this.#props = props;
    const randomHex = () => Math.floor(random() * 2 ** 32).toString(16);
    this.model = new TokenApiModel({ ...props, now: time.now, randomHex });
    this.validity = new Validity({ now: time.now, isAccepted: (token) => this.model.accepts(token) });
  }

  /** Stands in for the real one: same contract, same errors. */
  readonly send: SendRequest = async ({ url, body = '', timeoutMs }) => {
    const { time } = this.#props;
    const fields: Readonly<Record<string, string>> = JSON.parse(body);
    const kind = url.endsWith('/refresh') ? 'refresh' : 'login';
    const presented = (kind === 'refresh' ? fields.refreshToken : fields.password) ?? '';
    const call: TokenCall = {
      kind,
      presented,
      isSent: true,
      from: time.now(),
      to: undefined,
      work: undefined,
      isAnswered: false,
    };
    this.calls.push(call);
    try {
      const answer = await this.#transmit(call, timeoutMs, () => this.#work(call, fields));
      call.isAnswered = true;
      return answer;
    } finally {
      call.to = time.now();
    }
  };

  revokeAll(): void {
    this.model.revokeAll();
    this.validity.look();
  }

  async #transmit(call: TokenCall, timeoutMs: number, work: () => HttpAnswer): Promise<HttpAnswer> {
    const { time, faults, random } = this.#props;
    const { kind } = call;
    if (faults.hit('api-refuses', kind)) {
      call.isSent = false;
      await time.sleep(REFUSAL_MS);
      throw new RefreshError('ApiUnreachable', { detail: 'ECONNREFUSED', isBrief: true });
    }
    const usual = LATENCY_MS.least + random() * (LATENCY_MS.most - LATENCY_MS.least);
    const takesMs = faults.hit('api-hangs', kind)
      ? Number.POSITIVE_INFINITY
      : (faults.hit('api-slow', kind)?.milliseconds ?? usual);
    let answer = faults.hit('api-answers', kind)?.answer;
    const isLost = faults.hit('api-answer-lost', kind) !== undefined;
    // The work is done half-way, and even if the caller has given up by then.
    if (answer === undefined && Number.isFinite(takesMs)) {
      time.at(time.now() + takesMs / 2, () => {
        answer = work();
      });
    }
    await time.sleep(Math.min(takesMs, timeoutMs));
    if (takesMs > timeoutMs) throw new RefreshError('ApiTimeout', { detail: 'no whole answer' });
    if (isLost || answer === undefined) {
      throw new RefreshError('ApiConnectionLost', { detail: 'ECONNRESET', isBrief: true });
    }
    return answer;
  }

  #work(call: TokenCall, { username, password, refreshToken }: Readonly<Record<string, string>>): HttpAnswer {
    const { time, accessTokenLifetimeSeconds = 0, statesLifetime, loginAlone } = this.#props;
    const issued =
      call.kind === 'login' ? this.model.login(username, password) : this.model.refresh(refreshToken);
    call.work = issued ?? 'refused';
    this.validity.look();
    if (issued === undefined) return { status: 401, headers: {}, body: '{"message":"refused"}' };
    time.at(time.now() + accessTokenLifetimeSeconds * SECOND, () => this.validity.look());
    const data = {
      token: issued.token,
      ...(!loginAlone && { refreshToken: issued.refreshToken }),
      ...(statesLifetime && { expiresIn: accessTokenLifetimeSeconds }),
    };
    return { status: 200, headers: {}, body: JSON.stringify({ data }) };
  }
}
