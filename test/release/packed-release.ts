import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Packed, pack, packedIn } from '../../scripts/pack.ts';

/** What `npm run release` has packed, else this checkout. @param temporary a folder for files of the test. */
export async function packedRelease(temporary: string): Promise<Packed> {
  const folder = process.env.RELEASE_FOLDER;
  if (folder !== undefined) return packedIn(folder);
  const outdir = join(temporary, 'packed');
  await mkdir(outdir);
  return pack(outdir, () => {});
}
