import zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readBody } from '../../../lambda/token-api/body.ts';

const TEXT = '{"data":{"token":"tökén"}}';
const bytes = Buffer.from(TEXT);
const gzipped = zlib.gzipSync(bytes);

describe('a body', () => {
  it.each<[string, string | undefined, Buffer]>([
    ['as it is', undefined, bytes],
    ['with a byte order mark', undefined, Buffer.from(`\ufeff${TEXT}`)],
    ['identity', 'identity', bytes],
    ['gzip', 'gzip', gzipped],
    ['gzip with a byte order mark', 'gzip', zlib.gzipSync(`\ufeff${TEXT}`)],
    ['gzip by its old name', 'X-GZip', gzipped],
    ['gzip without its end', 'gzip', gzipped.subarray(0, -8)],
    ['deflate', 'deflate', zlib.deflateSync(bytes)],
    ['deflate by its word', 'deflate', zlib.deflateRawSync(bytes)],
    ['br', 'br', zlib.brotliCompressSync(bytes)],
    ['one in the other', 'br, gzip', zlib.gzipSync(zlib.brotliCompressSync(bytes))],
  ])('is read as fetch reads it: %s', (_, encoding, sent) => {
    expect(readBody(sent, encoding).text).toBe(TEXT);
  });

  it('that is empty is empty in any encoding', () => {
    expect(readBody(Buffer.alloc(0), 'gzip')).toEqual({ text: '' });
  });

  it.each<[string, string, Buffer]>([
    ['gzip', 'gzip', bytes],
    ['deflate', 'deflate', bytes],
    ['br', 'br', bytes],
    ['zstd', 'zstd', bytes],
    ['gzip,zstd', 'gzip, zstd', bytes],
    ['that is not registered', 'my-secret', bytes],
    ['that is not registered', 'constructor', bytes],
  ])('that cannot be read names its encoding: %s', (named, encoding, sent) => {
    expect(readBody(sent, encoding)).toMatchObject({
      text: '',
      failure: { code: 'AnswerNotJson', fields: { detail: `content-encoding ${named}` } },
    });
  });

  it('in more than five encodings is not read', () => {
    const nested = (times: number): Buffer => (times === 0 ? bytes : zlib.gzipSync(nested(times - 1)));
    const encodings = (times: number) => Array(times).fill('gzip').join();
    expect(readBody(nested(5), encodings(5)).text).toBe(TEXT);
    expect(readBody(nested(6), encodings(6)).text).toBe('');
    expect(readBody(bytes, encodings(3000)).failure?.fields.detail).toBe(`content-encoding ${encodings(5)}`);
  });

  it('that is cut off in the middle names its encoding, too', () => {
    const { text, failure } = readBody(gzipped.subarray(0, 25), 'gzip');
    expect(TEXT.startsWith(text)).toBe(true);
    expect(failure?.fields.detail).toBe('content-encoding gzip');
  });

  it.each<[string, (data: Buffer) => Buffer]>([
    ['gzip', zlib.gzipSync],
    ['deflate', zlib.deflateSync],
    ['br', zlib.brotliCompressSync],
  ])('of at most 1 MiB is decompressed: %s', (encoding, compress) => {
    const most = Buffer.alloc(1024 * 1024, 'x');
    expect(readBody(compress(most), encoding).text.length).toBe(most.length);
    const more = compress(Buffer.concat([most, Buffer.from('x')]));
    const { text, failure } = readBody(more, encoding);
    expect([text.length, failure?.code]).toEqual([0, 'AnswerTooLarge']);
  });
});
