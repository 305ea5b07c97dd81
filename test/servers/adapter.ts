import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TokenServer } from './token-servers.ts';

/** What the refresher goes by, beside status and body. */
const PASSED_ON = ['content-type', 'date', 'retry-after'];

export interface AdaptedCall {
  readonly call: 'login' | 'refresh';
  /** Milliseconds since the epoch, on the moved clock. */
  readonly at: number;
  readonly status: number;
}

/** A server in front of a real one that speaks as this project's token APIs do. */
export interface Adapter {
  readonly baseUrl: string;
  /** What it passed on, in order. */
  readonly calls: readonly AdaptedCall[];
  close(): Promise<void>;
}

/** Translates requests and grants; status and body of everything else go through as they are. */
export async function startAdapter(server: TokenServer, now: () => number): Promise<Adapter> {
  const calls: AdaptedCall[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { username, password, refreshToken } = JSON.parse(await text(request));
    const call = request.url === '/auth/token' ? 'login' : 'refresh';
    const real = await (call === 'login' ? server.login(username, password) : server.refresh(refreshToken));
    calls.push({ call, at: now(), status: real.status });
    const headers = PASSED_ON.flatMap((name) => {
      const value = real.headers.get(name);
      return value === null ? [] : [[name, value]];
    });
    const body = await real.text();
    response.writeHead(real.status, Object.fromEntries(headers));
    response.end(real.ok ? JSON.stringify({ data: server.kind.tokens(JSON.parse(body)) }) : body);
  };
  const adapter = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await once(adapter.listen(0, '127.0.0.1'), 'listening');
  return {
    baseUrl: `http://127.0.0.1:${(adapter.address() as AddressInfo).port}`,
    calls,
    async close() {
      adapter.closeAllConnections();
      await new Promise((resolve) => adapter.close(resolve));
    },
  };
}
