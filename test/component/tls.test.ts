import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import tls from 'node:tls';
import { expect, it, vi } from 'vitest';
import { sendRequest } from '../../lambda/token-api/http.ts';
import { selfSigned } from './certificate.ts';
import { openStage, openStageForTest } from './stage.ts';

it('the token API with a certificate that nobody vouches for gets no credentials', async () => {
  const stage = await openStageForTest({ tokenApi: { tls: selfSigned() } });
  const before = stage.startWithToken();
  const { line, retryInSeconds } = await stage.attempt();
  expect(line).toMatchObject({
    outcome: 'failed',
    code: 'ApiTlsFailed',
    detail: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  });
  expect(retryInSeconds).toBeGreaterThanOrEqual(1);
  expect(stage.accessToken()).toBe(before);
  expect(stage.api.model.counters.refreshes).toBe(0);
});

it('not a byte of a request is sent to a server whose certificate nobody vouches for', async ({
  onTestFinished,
}) => {
  const seen: Buffer[] = [];
  // TLS 1.2: the server finishes first, and would see what is sent with the client's last word.
  const server = tls.createServer({ ...selfSigned(), maxVersion: 'TLSv1.2' }, (socket) => {
    socket.on('data', (data: Buffer) => seen.push(data)).on('error', () => {});
  });
  server.on('tlsClientError', () => {}).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  await expect(post(`https://127.0.0.1:${port}`)).rejects.toMatchObject({ code: 'ApiTlsFailed' });
  await sleep(100);
  expect(seen).toEqual([]);
});

const post = (url: string) =>
  sendRequest({ method: 'POST', url, headers: {}, body: '{"password":"x"}', timeoutMs: 5_000 });

it('no environment can make certificate errors pass', async ({ onTestFinished }) => {
  const stage = await openStage({ tokenApi: { tls: selfSigned() } });
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
  onTestFinished(async () => {
    delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    warn.mockRestore();
    await stage.close();
  });
  await expect(post(stage.api.baseUrl)).rejects.toMatchObject({ code: 'ApiTlsFailed' });
});

it('nothing is sent without TLS, but to this machine', async () => {
  await expect(post('http://192.0.2.1/auth/token')).rejects.toMatchObject({
    code: 'ApiTlsFailed',
    message: 'ApiTlsFailed: the URL is not https',
  });
});

it('a server that speaks no TLS has failed at it', async ({ onTestFinished }) => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  await expect(post(`https://127.0.0.1:${port}`)).rejects.toMatchObject({ code: 'ApiTlsFailed' });
});
