import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { objectOf, openTestServer, pushOf, put, refusalOf, type TestServer } from '../server.suite.ts';

const MIB = 1024 * 1024;
const PUSH = '/apps/notes/sync/push';

const send = async ({ server, token }: TestServer, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  server.app.request(PUSH, {
    method: 'POST',
    headers: { Authorization: `Bearer ${await token('alice')}`, 'Content-Type': 'application/json', ...headers },
    body,
  });

// Whatever was sent before, an honest push still works.
const expectAlive = async ({ call }: TestServer) => {
  const response = await call('POST', PUSH, pushOf([put(1, 'alive')], `client-${Math.floor(performance.now() * 1000)}`));
  expect(response.status).toBe(200);
};

describe('encodings', () => {
  const text = JSON.stringify(pushOf([put(1, 'a')]));

  test.each([
    ['gzip', gzipSync(text)],
    ['GZIP', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['br', brotliCompressSync(text)],
    ['identity', Buffer.from(text)],
  ])('%s is understood', async (encoding, body) => {
    const response = await send(await openTestServer(), new Uint8Array(body), { 'Content-Encoding': encoding });
    expect(await objectOf(response)).toMatchObject({ accepted: [{ mutationId: 'm-a-1', status: 'applied' }] });
  });

  test.each(['gzip, gzip', 'gzip,br', 'zstd', 'compress', 'x-unknown', '__proto__', 'toString'])('%s is not', async (encoding) => {
    const response = await send(await openTestServer(), new Uint8Array(gzipSync(gzipSync(text))), { 'Content-Encoding': encoding });
    expect(await refusalOf(response)).toBe('415 ENCODING_UNSUPPORTED');
  });

  test.each([
    ['gzip', Buffer.from(text)],
    ['gzip', gzipSync(text).subarray(0, 40)],
    ['gzip', Buffer.from('')],
    ['deflate', deflateRawSync(text)],
    ['br', Buffer.from(text)],
    ['br', brotliCompressSync(text).subarray(0, 20)],
  ])('broken %s', async (encoding, body) => {
    const response = await send(await openTestServer(), new Uint8Array(body), { 'Content-Encoding': encoding });
    expect(await refusalOf(response)).toBe('400 BAD_ENCODING');
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('a small %s body of 128 MiB is refused in bounded time and memory', { timeout: 30_000 }, async (encoding, compress) => {
    const body = compress(Buffer.alloc(128 * MIB, ' '));
    expect(body.length).toBeLessThan(140_000);
    const server = await openTestServer();
    await expectAlive(server);
    const [rssBefore, startedAt] = [process.memoryUsage.rss(), performance.now()];
    let rssPeak = 0;
    for (let i = 0; i < 5; i++) {
      expect(await refusalOf(await send(server, new Uint8Array(body), { 'Content-Encoding': encoding }))).toBe('413 BODY_TOO_LARGE');
      rssPeak = Math.max(rssPeak, process.memoryUsage.rss());
    }
    expect(rssPeak - rssBefore).toBeLessThan(96 * MIB);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    await expectAlive(server);
  });
});

describe('bodies', () => {
  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx', 'application/json; charset=latin1', ''])(
    'media type %s',
    async (type) => {
      expect(await refusalOf(await send(await openTestServer(), '{}', { 'Content-Type': type }))).toBe('415 UNSUPPORTED_MEDIA_TYPE');
    },
  );

  test('application/json with a charset of utf-8', async () => {
    const response = await send(await openTestServer(), JSON.stringify(pushOf([])), {
      'Content-Type': 'application/json; charset="UTF-8"',
    });
    expect(response.status).toBe(200);
  });

  test.each([
    ['nothing', ''],
    ['half', '{"mutations":['],
    ['NaN', '{"n":NaN}'],
    ['two values', '{}{}'],
    ['invalid UTF-8', new Uint8Array([0x22, 0xff, 0x22])],
    ['an overlong encoding', new Uint8Array([0x22, 0xc0, 0xaf, 0x22])],
    ['half of a pair in UTF-8', new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22])],
  ])('not JSON: %s', async (_, body) => {
    expect(await refusalOf(await send(await openTestServer(), body))).toBe('400 BAD_JSON');
  });

  test('a body over the limit, told by its length, by its stream, and by a length that lies', async () => {
    const server = await openTestServer();
    const large = new Uint8Array(8 * MIB + 1).fill(32);
    expect(await refusalOf(await send(server, large, { 'Content-Length': String(large.length) }))).toBe('413 BODY_TOO_LARGE');
    expect(await refusalOf(await send(server, large))).toBe('413 BODY_TOO_LARGE');
    expect(await refusalOf(await send(server, large, { 'Content-Length': '2' }))).toBe('413 BODY_TOO_LARGE');
    await expectAlive(server);
  });

  test.each(['null', '1', '"x"', '[]', '{}', '[[]]', 'true'])('JSON of another shape: %s', async (body) => {
    expect(await refusalOf(await send(await openTestServer(), body))).toBe('400 BAD_REQUEST');
  });
});

describe('hostile envelopes', () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000);
  const deepObject = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
  const envelope = (member: string) => `{"protocolVersion":1,"clientId":"phone","schemaVersion":1,${member}}`;

  test.each([
    ['deep mutations', envelope(`"mutations":${deep}`)],
    ['deep clientId', `{"protocolVersion":1,"clientId":${deep},"schemaVersion":1,"mutations":[]}`],
    ['deep unknown member', envelope(`"mutations":[],"x":${deepObject}`)],
    ['only depth', deep],
    ['__proto__ in the envelope', envelope('"mutations":[],"__proto__":{"polluted":true}')],
    ['__proto__ twice', envelope('"mutations":[],"__proto__":1,"__proto__":{"polluted":true}')],
    [
      '__proto__ in a mutation',
      envelope(`"mutations":[${JSON.stringify(put(1, 'a')).replace('{', '{"\\u005f_proto__":{"polluted":true},')}]`),
    ],
    ['constructor in the envelope', envelope('"mutations":[],"constructor":{"prototype":{"polluted":true}}')],
    ['four million wrong mutations', envelope(`"mutations":[],"collections":[${'1,'.repeat(3_000_000)}1]`)],
    ['a length that is no number', envelope('"mutations":[],"cursor":{"length":{"toString":null}}')],
    [
      'a clientId whose length cannot be compared',
      '{"protocolVersion":1,"clientId":{"length":{"toString":null}},"schemaVersion":1,"mutations":[]}',
    ],
    ['a long unknown name', envelope(`"mutations":[],"${'x'.repeat(MIB)}":1`)],
    ['n of 2^53+1', envelope(`"mutations":[${JSON.stringify(put(1, 'a')).replace('"n":1', '"n":9007199254740993')}]`)],
    ['n of 1e400', envelope(`"mutations":[${JSON.stringify(put(1, 'a')).replace('"n":1', '"n":1e400')}]`)],
    ['a lone surrogate as clientId', '{"protocolVersion":1,"clientId":"\\ud800","schemaVersion":1,"mutations":[]}'],
    ['U+0000 as mutationId', envelope(`"mutations":[${JSON.stringify(put(1, 'a', { mutationId: '\0' }))}]`)],
  ])('%s', { timeout: 20_000 }, async (_, body) => {
    const server = await openTestServer();
    const startedAt = performance.now();
    const response = await send(server, body);
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    const answer = await response.text();
    expect(response.status).toBe(400);
    expect(answer.length).toBeLessThan(20_000);
    expect(JSON.parse(answer)).toMatchObject({ error: { code: 'BAD_REQUEST' } });
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    await expectAlive(server);
  });

  test('more mutations than a push may carry', async () => {
    const server = await openTestServer();
    const mutations = Array.from({ length: 5_001 }, (_, i) => put(i + 1, `r${i}`));
    expect(await refusalOf(await send(server, JSON.stringify(pushOf(mutations))))).toBe('413 TOO_MANY_MUTATIONS');
    expect(await refusalOf(await send(server, envelope(`"mutations":[${'1,'.repeat(4_000_000)}1]`)))).toBe('413 TOO_MANY_MUTATIONS');
    await expectAlive(server);
  });

  test.each([
    ['depth 100,000', `{"title":"t","body":${deep}}`, 'TOO_DEEP'],
    ['a forbidden name', '{"title":"t","__proto__":{"polluted":true}}', 'INVALID_FIELD_NAME'],
    ['U+0000', '{"title":"a\\u0000b"}', 'INVALID_STRING'],
    ['a lone surrogate', '{"title":"a\\udc00b"}', 'INVALID_STRING'],
    ['1e400', '{"title":1e400}', 'INVALID_NUMBER'],
    ['a 300 KiB record', `{"title":"${'x'.repeat(300 * 1024)}"}`, 'RECORD_TOO_LARGE'],
  ])('content of one mutation is refused with a code, and only it: %s', async (_, fields, code) => {
    const server = await openTestServer();
    const bad = JSON.stringify(put(1, 'bad')).replace('"fields":{"title":"note bad"}', `"fields":${fields}`);
    const response = await send(server, envelope(`"mutations":[${bad},${JSON.stringify(put(2, 'good'))}]`));
    expect(await objectOf(response)).toMatchObject({ accepted: [{ mutationId: 'm-good-2' }], rejected: [{ mutationId: 'm-bad-1', code }] });
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});
