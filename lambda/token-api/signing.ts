import type { Signing } from '../../contract/token-api.ts';

export function checkSigning(_signing: Signing, _fields: Readonly<Record<string, string>>): void {}
export async function signJwt(_: {
  signing: Signing;
  fields: Readonly<Record<string, string>>;
  now: number;
}): Promise<string> {
  throw new Error('signing comes with its branch');
}
