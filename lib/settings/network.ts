import { object, type Parser } from './parser.ts';
import type { NetworkSettings } from './settings.ts';
import { show } from './show.ts';

const ids =
  (pattern: RegExp, example: string): Parser<readonly string[]> =>
  (value, path) => {
    const isId = (id: unknown) => typeof id === 'string' && pattern.test(id);
    if (Array.isArray(value) && value.length > 0 && value.every(isId)) return value;
    const wrong = Array.isArray(value) ? (value.find((id) => !isId(id)) ?? value) : value;
    return path.refuse(`must be a list of at least one id, such as "${example}"`, show(wrong));
  };

export const network = object<NetworkSettings>({
  subnetIds: ids(/^subnet-[0-9a-f]{8,17}$/, 'subnet-0123456789abcdef0'),
  securityGroupIds: ids(/^sg-[0-9a-f]{8,17}$/, 'sg-0123456789abcdef0'),
});
