/// <reference lib="esnext.disposable" />
import { randomUUID } from 'node:crypto';
import { SECOND } from '../contract/times.ts';
import { startTokenApi } from '../fakes/token-api/token-api-server.ts';
import { TIMES } from './local-environment.ts';
import { duration, type Screen } from './screen.ts';
import type { User } from './store-credentials.ts';

export interface Sandbox {
  readonly tokenApiUrl: string;
  /** Whom the token API lets in; the password is new in every run. */
  readonly user: User;
}

/** Starts the third party of the local run: a token API on a free port, with one user. */
export async function startSandbox({
  screen,
  cleanUp,
}: {
  screen: Screen;
  cleanUp: AsyncDisposableStack;
}): Promise<Sandbox> {
  const user = { username: 'demo', password: randomUUID() };
  const api = await startTokenApi({
    users: { [user.username]: user.password },
    ...TIMES,
  });
  cleanUp.defer(api.close);
  const lifetime = duration(TIMES.accessTokenLifetimeSeconds * SECOND);
  screen.line(`token API       ${api.baseUrl}, its access tokens live ${lifetime}`);
  return { tokenApiUrl: api.baseUrl, user };
}
