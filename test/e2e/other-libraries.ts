import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'vitest';
import { type Example, QUEUE_URL, RESOURCE } from '../client/documentation.ts';

export const BODY = '{"item":1}';

interface Program {
  readonly imports: string;
  readonly options?: string;
  readonly requestOptions?: string;
  /** Sends {@link BODY}, by the client `payments`. */
  readonly call?: string;
}

const ITSELF = `payments.fetch('${RESOURCE}', { method: 'POST', body: '${BODY}' })`;

const program = ({ imports, options = '', requestOptions = '', call = ITSELF }: Program): string => `
import { createTokenClient } from 'token-refresher/client';
${imports}
const payments = createTokenClient({
  environment: 'sandbox',
  token: 'payments-api',
  ${options}
  refreshRequests: { queueUrl: '${QUEUE_URL}', ${requestOptions} },
});
await ${call};
`;

const PROGRAMS = {
  undici: { imports: "import { fetch } from 'undici';", options: 'fetch,' },
  'node-fetch': { imports: "import fetch from 'node-fetch';", options: 'fetch,' },
  'a function of its own': { imports: '', options: 'fetch: (input, init) => fetch(input, init),' },
  ky: {
    imports: "import ky from 'ky';",
    call: `ky.create({ fetch: payments.fetch }).post('${RESOURCE}', { json: ${BODY} })`,
  },
  'openapi-fetch': {
    imports: "import createClient from 'openapi-fetch';",
    call: `createClient<any>({ baseUrl: '${RESOURCE}', fetch: payments.fetch }).POST('' as never, { body: ${BODY} } as never)`,
  },
  'the oldest AWS SDK': {
    imports: "import { SQSClient } from 'oldest-client-sqs';\nimport { SSMClient } from 'oldest-client-ssm';",
    options: 'ssm: new SSMClient(),',
    requestOptions: 'sqs: new SQSClient()',
  },
} satisfies Record<string, Program>;

/** Programs that send {@link BODY}, to be run as examples are. */
export const withOtherLibraries: readonly Example[] = Object.entries<Program>(PROGRAMS).map(
  ([place, parts]) => ({
    place,
    text: program(parts),
    needsOtherPackages: true,
    asksForRefresh: true,
    readsAcross: false,
  }),
);

/** An API that refuses the first token it sees, and takes any other. */
export async function startRefusingApi(test: Pick<TestContext, 'onTestFinished'>) {
  const bodies: string[] = [];
  let refused: string | undefined;
  const url = await startServer(test, async (request, response) => {
    const { authorization = '' } = request.headers;
    refused ??= authorization;
    bodies.push(await text(request));
    response.writeHead(authorization === refused ? 401 : 200).end();
  });
  return { url, bodies };
}

/** An API that takes an order and redirects to it, where it refuses the first token it sees. */
export async function startOrderingApi(test: Pick<TestContext, 'onTestFinished'>) {
  const requests: string[] = [];
  let refused: string | undefined;
  const url = await startServer(test, async (request, response) => {
    const { authorization = '' } = request.headers;
    requests.push(`${request.method} ${await text(request)}`.trim());
    if (request.method === 'POST') return void response.writeHead(303, { location: '/orders/1' }).end();
    refused ??= authorization;
    response.writeHead(authorization === refused ? 401 : 200).end();
  });
  return { url, requests };
}

/** An API that redirects to another host, which answers 401. */
export async function startRedirectingApi(test: Pick<TestContext, 'onTestFinished'>) {
  /** What the other host was sent. */
  const authorizations: (string | undefined)[] = [];
  const location = await startServer(test, ({ headers }, response) => {
    authorizations.push(headers.authorization);
    response.writeHead(401).end();
  });
  const url = await startServer(test, (_, response) => void response.writeHead(302, { location }).end());
  return { url, authorizations };
}

async function startServer(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  onRequest: RequestListener,
): Promise<string> {
  const server = createServer(onRequest);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/orders`;
}
