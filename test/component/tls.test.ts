import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openStage } from './stage.ts';

it('the token API with a certificate that nobody vouches for gets no credentials', async ({
  onTestFinished,
}) => {
  const directory = mkdtempSync(join(tmpdir(), 'token-refresher-tls-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  execFileSync(
    'openssl',
    [
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
      ],
      ...['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert],
    ],
    { stdio: 'ignore' },
  );
  const tls = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  const stage = await openStage({ tokenApi: { tls } });
  onTestFinished(stage.close);
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
