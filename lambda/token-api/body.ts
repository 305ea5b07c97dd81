import zlib from 'node:zlib';
import { RefreshError } from '../refresh/refresh-error.ts';

/** Maximum bytes of an answer, both as sent and decompressed. */
export const MAX_ANSWER_BYTES = 1024 * 1024;

/** Maximum number of nested encodings. More are an attack. */
const MOST_ENCODINGS = 5;

/** Lenient like browsers, because many servers omit the end of a stream. A body that is really cut off is not valid JSON. */
const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH } = zlib.constants;
const lenient = { maxOutputLength: MAX_ANSWER_BYTES, finishFlush: Z_SYNC_FLUSH };

const gunzip = (bytes: Buffer): Buffer => zlib.gunzipSync(bytes, lenient);

/** Some servers send raw deflate without the zlib header, whose first byte usually ends in 8. */
const inflate = (bytes: Buffer): Buffer =>
  ((bytes[0] ?? 0) & 0x0f) === 8 ? zlib.inflateSync(bytes, lenient) : zlib.inflateRawSync(bytes, lenient);

const DECODERS: ReadonlyMap<string, (bytes: Buffer) => Buffer> = new Map([
  ['gzip', gunzip],
  ['x-gzip', gunzip],
  ['deflate', inflate],
  [
    'br',
    (bytes) =>
      zlib.brotliDecompressSync(bytes, {
        maxOutputLength: MAX_ANSWER_BYTES,
        finishFlush: BROTLI_OPERATION_FLUSH,
      }),
  ],
]);

/** Encodings registered with IANA, which may be logged. Any other name could be arbitrary text from the server. */
const OTHER_ENCODINGS = ['aes128gcm', 'compress', 'dcb', 'dcz', 'exi', 'pack200-gzip', 'x-compress', 'zstd'];

export interface Body {
  readonly text: string;
  /** Why the text is not JSON, if it could not be read. Absent: it was read. */
  readonly failure?: RefreshError;
}

/** Decodes a body like `fetch`: decompresses it, decodes UTF-8, and skips a byte order mark. Never throws. */
export function readBody(bytes: Buffer, contentEncoding = ''): Body {
  const encodings = contentEncoding
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity');
  if (bytes.length === 0 || encodings.length === 0) return { text: new TextDecoder().decode(bytes) };
  const failure = new RefreshError('AnswerNotJson', {
    detail: `content-encoding ${encodings.slice(0, MOST_ENCODINGS).map(nameOf)}`,
  });
  if (encodings.length > MOST_ENCODINGS) return { text: '', failure };
  try {
    const decoded = encodings.reduceRight((encoded, name) => {
      const decode = DECODERS.get(name);
      if (decode === undefined) throw failure;
      return decode(encoded);
    }, bytes);
    return { text: new TextDecoder().decode(decoded), failure };
  } catch (error) {
    const isTooLarge = error instanceof RangeError;
    return { text: '', failure: isTooLarge ? new RefreshError('AnswerTooLarge') : failure };
  }
}

const nameOf = (encoding: string): string =>
  DECODERS.has(encoding) || OTHER_ENCODINGS.includes(encoding) ? encoding : 'that is not registered';
