import { expect, it } from 'vitest';
import { selfSigned } from './certificate.ts';
import { openStage } from './stage.ts';

it('the token API with a certificate that nobody vouches for gets no credentials', async ({
  onTestFinished,
}) => {
  const stage = await openStage({ tokenApi: { tls: selfSigned() } });
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
