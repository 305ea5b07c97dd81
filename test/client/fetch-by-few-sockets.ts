import http from 'node:http';
import type { Fetch } from '../../client/index.ts';

const agent = new http.Agent({ maxSockets: 100 });

/** `fetch` by fresh connections, a hundred at a time: a thousand at once are too many for a busy machine. */
export const fetchByFewSockets: Fetch = (input, init) =>
  new Promise((resolve, reject) => {
    const headers = Object.fromEntries(new Headers(init?.headers));
    const request = http.get(String(input), { agent, headers }, (response) => {
      response.resume();
      resolve(new Response(null, { status: response.statusCode ?? 0 }));
    });
    request.on('error', reject);
  });
