import zlib from 'node:zlib';
import { RefreshError } from '../refresh/refresh-error.ts';

/** Most bytes of an answer, as sent and decompressed. */
export const MAX_ANSWER_BYTES = 1024 * 1024;

/** More encodings, one in the other, are an attack. */
const MOST_ENCODINGS = 5;

/** As browsers do: servers that leave out the end of a stream are common. What is really cut off is no JSON. */
const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH } = zlib.constants;
const lenient = { maxOutputLength: MAX_ANSWER_BYTES, finishFlush: Z_SYNC_FLUSH };

const gunzip = (bytes: Buffer): Buffer => zlib.gunzipSync(bytes, lenient);

/** Some servers take "deflate" by its word and leave out the header of zlib, which begins with 8 as a rule. */
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

/** Registered with IANA: may be named in a log line. Any other name could be text of the server's choosing. */
const OTHER_ENCODINGS = ['aes128gcm', 'compress', 'dcb', 'dcz', 'exi', 'pack200-gzip', 'x-compress', 'zstd'];

export interface Body {
  readonly text: string;
  /** Why the text is no JSON, if it is none. Absent: because the API sends something else. */
  readonly failure?: RefreshError;
}

/** Reads a body as `fetch` does: decompressed, as UTF-8, a byte order mark skipped. Never throws. */
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
