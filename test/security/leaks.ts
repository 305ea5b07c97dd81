/** So many characters of a secret in a row are a leak. */
const PIECE_CHARACTERS = 8;

/** Letters that are no hex digits: a piece of such a secret never looks like a part of an id, a digest or a number. */
const LETTERS = 'ghjkmnpqrstvwxyzGHJKMNPQRSTVWXYZ';
const SECRET_CHARACTERS = 32;

/** A secret that nothing else looks like, even in pieces. */
export const markedSecret = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(SECRET_CHARACTERS)), (byte) => LETTERS[byte % 32]).join(
    '',
  );

interface Form {
  readonly name: string;
  readonly text: string;
  /** Characters that a piece has in this form. */
  readonly pieceCharacters: number;
}

function formsOf(secret: string): Form[] {
  const bytes = Buffer.from(secret);
  // Base64 takes three bytes at a time, so it depends on what stands before the secret.
  const base64 = [0, 1, 2].map((before) =>
    Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .slice(4, -4),
  );
  return [
    { name: 'raw', text: secret, pieceCharacters: PIECE_CHARACTERS },
    { name: 'URL-escaped', text: encodeURIComponent(secret), pieceCharacters: PIECE_CHARACTERS },
    {
      name: 'as in a form',
      text: new URLSearchParams({ '': secret }).toString(),
      pieceCharacters: PIECE_CHARACTERS + 1,
    },
    { name: 'JSON-escaped', text: JSON.stringify(secret).slice(1, -1), pieceCharacters: PIECE_CHARACTERS },
    {
      name: 'JSON-escaped twice',
      text: JSON.stringify(JSON.stringify(secret)).slice(3, -3),
      pieceCharacters: PIECE_CHARACTERS,
    },
    ...base64.flatMap((text) => [
      { name: 'base64', text, pieceCharacters: Math.ceil((PIECE_CHARACTERS * 4) / 3) },
      {
        name: 'base64url',
        text: text.replaceAll('+', '-').replaceAll('/', '_'),
        pieceCharacters: Math.ceil((PIECE_CHARACTERS * 4) / 3),
      },
    ]),
    { name: 'hex', text: bytes.toString('hex'), pieceCharacters: 2 * PIECE_CHARACTERS },
    { name: 'hex', text: bytes.toString('hex').toUpperCase(), pieceCharacters: 2 * PIECE_CHARACTERS },
    // As Node.js shows a Buffer: `<Buffer 70 61 73 73>`.
    { name: 'bytes', text: [...bytes].map(inHex).join(' '), pieceCharacters: 3 * PIECE_CHARACTERS - 1 },
  ];
}

const inHex = (byte: number): string => byte.toString(16).padStart(2, '0');

/** What of the secrets stands in the text: `<form>: <piece>` each. */
export function leaksIn(text: string, secrets: readonly string[]): string[] {
  // A look-up instead of a search for each piece: tests of time-outs run beside this.
  const byLength = new Map<number, ReadonlySet<string>>();
  const piecesOfText = (characters: number): ReadonlySet<string> => {
    const known = byLength.get(characters) ?? new Set(piecesOf(text, characters));
    byLength.set(characters, known);
    return known;
  };
  const found = secrets.flatMap((secret) =>
    formsOf(secret).flatMap(({ name, text: form, pieceCharacters }) => {
      const inText = piecesOfText(pieceCharacters);
      const piece = piecesOf(form, pieceCharacters).find((candidate) => inText.has(candidate));
      return piece === undefined ? [] : [`${name}: ${piece}`];
    }),
  );
  return [...new Set(found)];
}

const piecesOf = (text: string, characters: number): string[] =>
  Array.from({ length: Math.max(0, text.length - characters + 1) }, (_, start) =>
    text.slice(start, start + characters),
  );
