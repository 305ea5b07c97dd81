/** Something in a text that looks like a secret. Holds where it is and never what it is. */
export interface Finding {
  /** From 1. */
  readonly line: number;
  readonly kind: string;
}

/** Marks a line whose secret is a made-up one that a test needs. */
export const MADE_UP = 'secret-scan: made up';

/** Formats that are secrets wherever they stand. */
const FORMATS: Readonly<Record<string, RegExp>> = {
  'JSON Web Token': /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/,
  'private key': /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s*(?:\\n)?[A-Za-z0-9+/=]{16,}/,
  'AWS access key id': /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/,
  'AWS secret access key': /secret_?access_?key["']?\s*[:=]\s*["']?[A-Za-z0-9+/]{40}(?![\w+/])/i,
  'GitHub token': /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,})\b/,
  'Google access token': /\bya29\.[\w-]{20,}/,
  'npm token': /\bnpm_[A-Za-z0-9]{36}\b/,
  'SendGrid key': /\bSG\.[\w-]{16,}\.[\w-]{32,}/,
  'Slack token': /\bxox[abeprs]-[A-Za-z0-9-]{10,}/,
  'Stripe key': /\b[rs]k_live_[A-Za-z0-9]{16,}/,
  // Nobody can log in at the hosts that RFC 2606 keeps for examples.
  'password in a URL':
    /\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s/:@"'`]*:[^\s/:@"'`${}]+@(?!(?:[\w-]+\.)*(?:example(?:\.com|\.net|\.org)?|test|invalid|localhost)(?![\w.-]))/i,
};

/**
 * A value that stands beside a word such as password or token, or after Bearer. Between the two may be a type, as in
 * `: string | undefined =`. Names and types have an end, or a long line would take minutes.
 */
const NAMED =
  /(?:password|passwd|secret|token|api[-_]?key|credential|authorization|bearer)\w{0,60}["']?(?:\s*:[\w\s|<>[\].,]{1,60}(?==))?(?:\s*[:=]\s*|\s+)["'`]?(?:(?:Bearer|Basic)\s+)?([A-Za-z0-9+/_=.~-]{20,})/gi;

/** After such a line the value may stand in the next one, where formatters put a long one. */
const ASSIGNS = /[:=]$/;

/** Twenty random hexadecimal digits have more; counted-up and repeated placeholders have less. */
const LEAST_ENTROPY_BITS = 2.8;

/** Names of versions and hashes have one or two. */
const MANY_DIGITS = 3;

/** In random letters and digits it is 0.4 and more; in words one after the other, as in camelCase, hardly ever 0.17. */
const LEAST_SHARE_OF_SWITCHES = 0.18;

/** Looks for secrets in a text, line by line. A private key's body may stand in the line after its header. */
export function findSecrets(text: string): Finding[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    if (line.includes(MADE_UP)) return [];
    const next = lines[index + 1] ?? '';
    const kinds = Object.entries(FORMATS)
      .filter(([kind, format]) => format.test(kind === 'private key' ? `${line}\n${next}` : line))
      .map(([kind]) => kind);
    if (kinds.length === 0 && namesRandom(line, next)) {
      kinds.push('random value beside a word such as password or token');
    }
    return kinds.map((kind) => ({ line: index + 1, kind }));
  });
}

/** The name must stand in the line itself; the next one is looked at in its turn. */
function namesRandom(line: string, next: string): boolean {
  const below = ASSIGNS.test(line.trimEnd()) && !next.includes(MADE_UP) ? `\n${next}` : '';
  return [...`${line}${below}`.matchAll(NAMED)].some(
    ({ index, 1: value = '' }) => index < line.length && isRandom(value),
  );
}

/** Letters and digits mixed, as in no word, name or path. */
function isRandom(value: string): boolean {
  if (!/[a-z]/i.test(value) || entropyBits(value) < LEAST_ENTROPY_BITS) return false;
  return (
    (value.match(/\d/g) ?? []).length >= MANY_DIGITS || shareOfSwitches(value) >= LEAST_SHARE_OF_SWITCHES
  );
}

/** How often small letters, capitals and digits take turns. A capital before small letters is how a word begins. */
function shareOfSwitches(value: string): number {
  const characters = value.replace(/[^A-Za-z\d]/g, '');
  const switches = characters.match(/(?<=[a-z])(?=[A-Z\d])|(?<=[A-Z])(?=\d)|(?<=\d)(?=[A-Za-z])/g) ?? [];
  return switches.length / characters.length;
}

/** Shannon's entropy per character. */
function entropyBits(value: string): number {
  const counts = Object.values(Object.groupBy(value, (character) => character)).map(
    (group) => group?.length ?? 0,
  );
  return -counts.reduce((sum, count) => sum + (count / value.length) * Math.log2(count / value.length), 0);
}
