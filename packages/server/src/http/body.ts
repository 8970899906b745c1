import { isUtf8 } from 'node:buffer';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { type Json, LIMITS, ok, type Result, refuse } from '@tidemark/protocol';
import type { HttpContext } from './context.ts';

const decoders = { gzip: promisify(gunzip), deflate: promisify(inflate), br: promisify(brotliDecompress) };
type Encoding = keyof typeof decoders;
const isEncoding = (name: string): name is Encoding => Object.hasOwn(decoders, name);

/**
 * Reads a JSON body. At most `limitBytes` are read from the wire and at most as many come out of a decompressor,
 * which is stopped there, so that a small body that unpacks to gigabytes costs no more than an honest one.
 * Refusals: UNSUPPORTED_MEDIA_TYPE, ENCODING_UNSUPPORTED, BODY_TOO_LARGE, BAD_ENCODING, BAD_JSON.
 */
export const readJson = async (c: HttpContext, limitBytes: number = LIMITS.bodyBytesMax): Promise<Result<Json>> => {
  if (!isJsonType(c.req.header('Content-Type'))) return refuse('UNSUPPORTED_MEDIA_TYPE', 'Send the body as application/json in UTF-8.');
  const decoded = await readBytes(c, limitBytes);
  return decoded.ok ? parseJson(decoded.value) : decoded;
};

/**
 * Reads a body of any type, decoded, within the same bounds. Refusals: ENCODING_UNSUPPORTED, BODY_TOO_LARGE, BAD_ENCODING,
 * REQUEST_TIMEOUT.
 */
export const readBytes = async (c: HttpContext, limitBytes: number): Promise<Result<Buffer>> => {
  const encoding = (c.req.header('Content-Encoding') ?? 'identity').trim().toLowerCase();
  if (encoding !== 'identity' && !isEncoding(encoding)) {
    return refuse('ENCODING_UNSUPPORTED', 'The Content-Encoding is not one of gzip, deflate, br, identity.');
  }
  const sent = await readSent(c, limitBytes);
  return !sent.ok || encoding === 'identity' ? sent : decode(encoding, sent.value, limitBytes);
};

/**
 * Reads the fields of a small HTML form (application/x-www-form-urlencoded, at most `limitBytes`). Refusals:
 * UNSUPPORTED_MEDIA_TYPE, BODY_TOO_LARGE, BAD_REQUEST.
 */
export const readForm = async (c: HttpContext, limitBytes = 8 * 1024): Promise<Result<URLSearchParams>> => {
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(c.req.header('Content-Type') ?? '')) {
    return refuse('UNSUPPORTED_MEDIA_TYPE', 'Send the fields of a form.');
  }
  const sent = await readSent(c, limitBytes);
  if (!sent.ok) return sent;
  return isUtf8(sent.value) ? ok(new URLSearchParams(sent.value.toString('utf8'))) : refuse('BAD_REQUEST', 'The form is not UTF-8.');
};

const isJsonType = (header: string | undefined): boolean =>
  /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(header?.trim() ?? '');

const tooLarge = (limitBytes: number) =>
  refuse('BODY_TOO_LARGE', `The decoded body is larger than ${limitBytes} bytes. Send less at a time.`, { limitBytes });

const readSent = async (c: HttpContext, limitBytes: number): Promise<Result<Buffer>> => {
  const length = c.req.header('Content-Length');
  if (length !== undefined && Number(length) > limitBytes) return tooLarge(limitBytes);
  try {
    if (length === undefined) return await readStream(c.req.raw.body, limitBytes);
    const bytes = Buffer.from(await c.req.raw.arrayBuffer());
    return bytes.length > limitBytes ? tooLarge(limitBytes) : ok(bytes);
  } catch {
    // The caller hung up; hardly anyone will read this, but it is no fault of the server.
    return refuse('REQUEST_TIMEOUT', 'The body broke off before its end. Send it again.');
  }
};

const readStream = async (stream: ReadableStream<Uint8Array> | null, limitBytes: number): Promise<Result<Buffer>> => {
  if (stream === null) return ok(Buffer.alloc(0));
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  for (let total = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return ok(Buffer.concat(chunks));
    total += value.length;
    if (total > limitBytes) {
      await reader.cancel();
      return tooLarge(limitBytes);
    }
    chunks.push(value);
  }
};

const decode = async (encoding: Encoding, bytes: Buffer, limitBytes: number): Promise<Result<Buffer>> => {
  try {
    return ok(await decoders[encoding](bytes, { maxOutputLength: limitBytes }));
  } catch (error) {
    if (error instanceof RangeError) return tooLarge(limitBytes);
    return refuse('BAD_ENCODING', `The body is not sound ${encoding}.`);
  }
};

const parseJson = (bytes: Buffer): Result<Json> => {
  if (!isUtf8(bytes)) return refuse('BAD_JSON', 'The body is not UTF-8.');
  try {
    const value: Json = JSON.parse(bytes.toString('utf8'));
    return ok(value);
  } catch {
    return refuse('BAD_JSON', 'The body is not JSON.');
  }
};
