import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Grant } from './shapes.ts';

/** What the server would have answered, had it behaved. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: OutgoingHttpHeaders;
  /** What the body grants, if it grants anything. */
  readonly grant?: Grant;
}

/** Ways in which a real server misbehaves. */
export type Fault =
  /** The connection is cut before or after the server did its work; `after` loses an answer. */
  | { readonly kind: 'reset'; readonly when: 'before' | 'after' }
  /** No answer, ever; or headers and the first byte, and then nothing. */
  | { readonly kind: 'hang'; readonly where: 'headers' | 'body' }
  /** The true answer, one byte at a time. */
  | { readonly kind: 'trickle'; readonly millisecondsPerByte: number }
  /** The true answer, late. */
  | { readonly kind: 'slow'; readonly milliseconds: number }
  /** Bytes without end, up to that many; status: 200 by default. */
  | { readonly kind: 'flood'; readonly bytes: number; readonly status?: number }
  /** Headers and half of a body, and then the connection is cut. */
  | { readonly kind: 'cut'; readonly status: number }
  /** Text that is not HTTP. */
  | { readonly kind: 'raw'; readonly text: string }
  /** Any answer instead of the true one; the work is not done. A body that is no string or Buffer is sent as JSON. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: OutgoingHttpHeaders;
    }
  /** The true answer, changed: the work is done. */
  | { readonly kind: 'change'; readonly change: (answer: Answer) => Answer };

/** Which fault meets which call. */
export interface FaultySchedule<Endpoint> {
  /** The next so many calls of an endpoint; without a number, all until cleared. */
  add(endpoint: Endpoint, fault: Fault, times?: number): void;
  /** All calls of an endpoint from one time to another, in milliseconds since the epoch. */
  between(endpoint: Endpoint, fault: Fault, from: number, to: number): void;
  clear(): void;
  /** The fault that the next call meets. */
  next(endpoint: Endpoint): Fault | undefined;
}

interface Planned<Endpoint> {
  readonly endpoint: Endpoint;
  readonly fault: Fault;
  readonly from: number;
  readonly to: number;
  times: number;
}

export function faultySchedule<Endpoint>(now: () => number): FaultySchedule<Endpoint> {
  let planned: Planned<Endpoint>[] = [];
  return {
    add(endpoint, fault, times = Number.POSITIVE_INFINITY) {
      planned.push({ endpoint, fault, times, from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY });
    },
    between(endpoint, fault, from, to) {
      planned.push({ endpoint, fault, times: Number.POSITIVE_INFINITY, from, to });
    },
    clear() {
      planned = [];
    },
    next(endpoint) {
      const at = now();
      const found = planned.find((plan) => plan.endpoint === endpoint && plan.from <= at && at < plan.to);
      if (found === undefined) return undefined;
      found.times--;
      planned = planned.filter(({ times }) => times > 0);
      return found.fault;
    },
  };
}

/** Answers as the fault says. `work` does what the call asks for. */
export async function misbehave(fault: Fault, work: () => Answer, response: ServerResponse): Promise<void> {
  switch (fault.kind) {
    case 'reset':
      if (fault.when === 'after') work();
      response.socket?.resetAndDestroy();
      return;
    case 'hang': {
      if (fault.where === 'headers') return;
      const { status, body } = work();
      const text = JSON.stringify(body);
      response.writeHead(status, { 'content-length': Buffer.byteLength(text) });
      response.write(text.slice(0, 1));
      return;
    }
    case 'trickle': {
      const { status, body } = work();
      response.writeHead(status, { 'content-type': 'application/json' });
      for (const byte of Buffer.from(JSON.stringify(body))) {
        if (response.destroyed) return;
        response.write(Buffer.of(byte));
        await sleep(fault.millisecondsPerByte);
      }
      response.end();
      return;
    }
    case 'slow': {
      await sleep(fault.milliseconds);
      return send(response, work());
    }
    case 'flood':
      return flood(response, fault);
    case 'raw':
      response.socket?.end(fault.text);
      return;
    case 'cut':
      response.writeHead(fault.status, { 'content-length': 20 });
      response.write('{"message":', () => response.destroy());
      return;
    case 'answer':
      return send(response, { ...fault, body: fault.body ?? '' });
    case 'change':
      return send(response, fault.change(work()));
  }
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  const isReady = typeof body === 'string' || Buffer.isBuffer(body);
  const type = isReady ? 'text/html' : 'application/json';
  response.writeHead(status, { 'content-type': type, ...headers }).end(isReady ? body : JSON.stringify(body));
}

/** Never in memory as a whole: it is the client that is to be tested. */
async function flood(
  response: ServerResponse,
  { bytes, status = 200 }: Extract<Fault, { kind: 'flood' }>,
): Promise<void> {
  const chunk = Buffer.alloc(64 * 1024, 'x');
  function* chunks() {
    for (let sent = 0; sent < bytes; sent += chunk.length) yield chunk.subarray(0, bytes - sent);
  }
  response.writeHead(status, { 'content-type': 'application/json' });
  // A client that hangs up in the middle does what it should.
  await pipeline(chunks, response).catch(() => {});
}
