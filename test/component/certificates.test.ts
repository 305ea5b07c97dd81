import { once } from 'node:events';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseCredentials } from '../../lambda/token-api/credentials.ts';
import { sendRequest } from '../../lambda/token-api/http.ts';
import { leaksIn } from '../security/leaks.ts';
import { selfSigned } from './certificate.ts';
import { CERTIFIED, credentialsOf, openStageForTest, PASSWORD, withCertificates } from './stage.ts';

const server = selfSigned('server');
const client = selfSigned('client');

const certified = (fields: object): string => credentialsOf(PASSWORD, fields);

const parse = (value: string) => parseCredentials(value, CERTIFIED);

describe('a token API whose authority only the credentials know', () => {
  const open = () => openStageForTest({ tokenApi: { tls: server }, describe: withCertificates });

  it('is trusted for login and refresh', async () => {
    const stage = await open();
    stage.startWithToken();
    stage.storeCredentials(certified({ ca: server.cert }));
    expect((await stage.attempt()).line).toMatchObject({ outcome: 'refreshed', how: 'login' });
    stage.newContainer();
    stage.makeOlder();
    expect((await stage.attempt()).line).toMatchObject({ outcome: 'refreshed', how: 'refresh' });
    expect(leaksIn(stage.emitted(), stage.secrets())).toEqual([]);
  });

  it.each(['hang', 'throttle', 'deny'] as const)(
    'is still trusted for a refresh while Secrets Manager answers nothing useful: %s',
    async (fault) => {
      const stage = await open();
      stage.storeCredentials(certified({ ca: server.cert }));
      await stage.attempt();
      stage.makeOlder();
      await stage.attempt();
      for (const operation of ['DescribeSecret', 'GetSecretValue'])
        stage.aws.faults.add({ operation, fault, times: Number.POSITIVE_INFINITY });
      stage.makeOlder();
      expect((await stage.attempt()).line).toMatchObject({ outcome: 'refreshed', how: 'refresh' });
    },
  );

  it('is not trusted with another authority', async () => {
    const stage = await open();
    stage.storeCredentials(certified({ ca: client.cert }));
    expect((await stage.attempt()).line).toMatchObject({ code: 'ApiTlsFailed' });
    expect(stage.api.model.counters.logins).toBe(0);
  });
});

it('a token API that asks for a certificate is shown that of the credentials', async () => {
  const names: unknown[] = [];
  const api = https.createServer(
    { ...server, ca: client.cert, requestCert: true, rejectUnauthorized: true },
    (request, response) => {
      names.push((request.socket as TLSSocket).getPeerCertificate().subject.CN);
      response.end('{}');
    },
  );
  api.listen(0, '127.0.0.1');
  await once(api, 'listening');
  onTestFinished(() => {
    api.close();
  });
  const request = {
    method: 'POST',
    url: `https://127.0.0.1:${(api.address() as AddressInfo).port}`,
    headers: {},
    body: '{}',
    timeoutMs: 5_000,
  };
  const { tls } = parse(certified({ ca: server.cert, cert: client.cert, key: client.key }));
  expect(await sendRequest({ ...request, tls })).toMatchObject({ status: 200 });
  expect(names).toEqual(['client']);
  // By TLS 1.3 the server looks at it after the client has begun to send: perhaps it has read the request.
  await expect(sendRequest({ ...request, tls: { ca: server.cert } })).rejects.toMatchObject({
    code: 'ApiConnectionLost',
    fields: { detail: expect.stringContaining('CERTIFICATE_REQUIRED') },
  });
});

describe('certificates in the credentials', () => {
  it.each([
    [{ ca: 'rubbish' }, 'field ca is not usable as PEM'],
    [{ cert: 'rubbish', key: client.key }, 'field cert is not usable as PEM'],
    [{ cert: client.cert, key: 'rubbish' }, 'field key is not usable as PEM'],
    [{ cert: client.cert }, 'fields cert and key go together'],
    [{ key: client.key }, 'fields cert and key go together'],
    [{ cert: client.cert, key: server.key }, 'fields cert and key do not belong together'],
    [{ ca: '' }, 'field ca is empty'],
    [{ ca: 7 }, 'field ca is not a string'],
  ])('that cannot be used are refused, and not told: %#', (fields, detail) => {
    const read = () => parse(certified(fields));
    expect(read).toThrow(`CredentialsMalformed: ${detail}`);
    expect(read).not.toThrow('BEGIN');
  });
});
