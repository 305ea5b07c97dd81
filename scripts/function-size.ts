import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SETTINGS_FORMAT_VERSION } from '../contract/function-settings.ts';
import { bundleFunction } from '../lib/functions/function-code.ts';

/** Every cold start loads all of it. */
const MOST_KIB = 520;

const directory = mkdtempSync(join(tmpdir(), 'token-refresher-size-'));
try {
  const settings = { formatVersion: SETTINGS_FORMAT_VERSION, environment: 'size', tokens: {} } as const;
  const kib = bundleFunction(directory, settings).bytes / 1024;
  console.log(`The function is ${kib.toFixed(1)} KiB of minified code; at most ${MOST_KIB} KiB are allowed.`);
  process.exitCode = kib <= MOST_KIB ? 0 : 1;
} finally {
  rmSync(directory, { recursive: true });
}
