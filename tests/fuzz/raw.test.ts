import fc from 'fast-check';
import { expect, test } from 'vitest';
import { heldBytes, send, sendRaw } from './platform/send.ts';
import { openTarget, type Target } from './platform/target.ts';
import { spoilt, statusesOf } from './raw-bytes.ts';

/** Connections of random bytes; 20,000 for the record. */
const CONNECTIONS = Number(process.env.TIDEMARK_FUZZ ?? 400);
const AT_ONCE = 20;
const QUIET_MS = 300;
const MEMORY_MIB_MAX = 64;
const timeout = 240_000 + CONNECTIONS * 1_000;

const PUSH = '/apps/time-tracker/sync/push';
const BODY = JSON.stringify({ protocolVersion: 1, clientId: 'raw', schemaVersion: 1, mutations: [] });

const requestText = (token: string, headers: readonly string[], body = BODY, first = `POST ${PUSH} HTTP/1.1`): string =>
  [first, 'Host: localhost', `Authorization: Bearer ${token}`, 'Content-Type: application/json', ...headers, '', body].join('\r\n');

const chunked = (body: string, size: number): string => {
  const parts: string[] = [];
  for (let at = 0; at < body.length; at += size) {
    const part = body.slice(at, at + size);
    parts.push(`${part.length.toString(16)}\r\n${part}\r\n`);
  }
  return `${parts.join('')}0\r\n\r\n`;
};

const expectAlive = async ({ port }: Target): Promise<void> => {
  expect((await send(`http://127.0.0.1:${port}/readyz`, {})).status).toBe(200);
};

const LONG = 'x'.repeat(100_000);

/** Requests made by hand, and the statuses that may come back; none where no answer is due. */
const BY_HAND: readonly (readonly [name: string, (token: string) => string, readonly number[]])[] = [
  ['an honest one', (token) => requestText(token, [`Content-Length: ${BODY.length}`]), [200]],
  ['chunks of one byte', (token) => requestText(token, ['Transfer-Encoding: chunked'], chunked(BODY, 1)), [200]],
  ['a length and chunks', (token) => requestText(token, ['Content-Length: 5', 'Transfer-Encoding: chunked'], chunked(BODY, 9)), [400]],
  ['two lengths', (token) => requestText(token, ['Content-Length: 5', 'Content-Length: 6']), [400]],
  ['a length that is none', (token) => requestText(token, ['Content-Length: -1']), [400]],
  ['a length beyond all bounds', (token) => requestText(token, [`Content-Length: ${'9'.repeat(40)}`]), [400, 413]],
  ['more promised than sent', (token) => requestText(token, [`Content-Length: ${BODY.length + 100}`]), []],
  ['a chunk size that is none', (token) => requestText(token, ['Transfer-Encoding: chunked'], 'zz\r\n{}\r\n0\r\n\r\n'), [400]],
  ['a chunk size beyond all bounds', (token) => requestText(token, ['Transfer-Encoding: chunked'], `${'f'.repeat(20)}\r\n{}`), [400, 413]],
  ['chunks without an end', (token) => requestText(token, ['Transfer-Encoding: chunked'], '2\r\n{}\r\n'), []],
  [
    'a long extension of a chunk',
    (token) => requestText(token, ['Transfer-Encoding: chunked'], `2;${LONG}\r\n{}\r\n0\r\n\r\n`),
    [400, 413],
  ],
  ['an unknown transfer coding', (token) => requestText(token, ['Transfer-Encoding: gzip'], BODY), [400]],
  ['a long header', (token) => requestText(token, [`X-Long: ${LONG}`, `Content-Length: ${BODY.length}`]), [431]],
  [
    'many headers',
    (token) =>
      requestText(
        token,
        Array.from({ length: 5_000 }, (_, i) => `X-${i}: 1`),
      ),
    [400, 431],
  ],
  ['a long address', () => `GET /${LONG} HTTP/1.1\r\nHost: x\r\n\r\n`, [404, 414, 431]],
  ['a header with a NUL', (token) => requestText(token, ['X-Nul: a\0b', `Content-Length: ${BODY.length}`]), [400]],
  ['a folded header', (token) => requestText(token, ['X-Fold: a\r\n b', `Content-Length: ${BODY.length}`]), [200, 400]],
  ['two hosts', (token) => requestText(token, ['Host: other', `Content-Length: ${BODY.length}`]), [200, 400]],
  ['no host', () => 'GET /healthz HTTP/1.1\r\n\r\n', [400]],
  ['HTTP/1.0', () => 'GET /healthz HTTP/1.0\r\n\r\n', [200, 400]],
  ['HTTP/0.9', () => 'GET /healthz\r\n\r\n', [400]],
  ['HTTP/2', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', [400]],
  ['HTTP/9.9', () => 'GET /healthz HTTP/9.9\r\nHost: x\r\n\r\n', [400]],
  ['CONNECT', () => 'CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n', []],
  ['TRACE', (token) => requestText(token, [], '', `TRACE ${PUSH} HTTP/1.1`), [400, 404, 405]],
  ['a method nobody knows', (token) => requestText(token, [], '', `BREW ${PUSH} HTTP/1.1`), [400]],
  ['OPTIONS *', () => 'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n', [200, 204, 400, 404]],
  ['an absolute address', () => 'GET http://other.example/healthz HTTP/1.1\r\nHost: x\r\n\r\n', [200, 400, 404]],
  ['an address of another scheme', () => 'GET gopher://x:y@z/healthz HTTP/1.1\r\nHost: x\r\n\r\n', [200, 400, 404]],
  ['a host that is none', () => 'GET /healthz HTTP/1.1\r\nHost: a b%%[::\r\n\r\n', [200, 400]],
  ['an upgrade', () => 'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n', [200, 400, 426]],
  ['Expect: 100-continue', (token) => requestText(token, ['Expect: 100-continue', `Content-Length: ${BODY.length}`]), [100, 200]],
  ['Expect: something', (token) => requestText(token, ['Expect: something', `Content-Length: ${BODY.length}`]), [200, 417]],
  ['three in one go', () => 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(3), [200]],
  [
    'one hidden in the body of another',
    (token) => requestText(token, ['Content-Length: 0'], 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'),
    [200, 400],
  ],
];

test('requests made by hand get the statuses they should', async () => {
  const target = await openTarget();
  const asked = BY_HAND.map(async ([name, text, allowed]) => {
    const statuses = statusesOf(await sendRaw(target.port, [text(target.token)], QUIET_MS * 5));
    const right = statuses.length === 0 ? allowed.length === 0 : statuses.every((status) => allowed.includes(status));
    return right ? [] : [`${name}: ${statuses.join(', ') || 'no answer'}`];
  });
  expect((await Promise.all(asked)).flat()).toEqual([]);
  await expectAlive(target);
  expect(target.errors).toEqual([]);
});

const honest = (token: string): fc.Arbitrary<string> =>
  fc.constantFrom(
    requestText(token, [`Content-Length: ${BODY.length}`]),
    requestText(token, ['Transfer-Encoding: chunked'], chunked(BODY, 16)),
    `GET /apps/time-tracker/sync/live?clientId=raw HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    `PATCH /apps/time-tracker/devices/raw HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`,
  );

test(`${CONNECTIONS} connections of spoilt bytes: none fails the server, and it is sound afterwards`, { timeout }, async () => {
  const target = await openTarget();
  const before = await heldBytes();
  await fc.assert(
    fc.asyncProperty(fc.array(spoilt(honest(target.token)), { minLength: AT_ONCE, maxLength: AT_ONCE }), async (connections) => {
      const answers = await Promise.all(connections.map((parts) => sendRaw(target.port, parts, QUIET_MS)));
      for (const status of answers.flatMap(statusesOf)) expect(status).toBeLessThan(500);
    }),
    { numRuns: Math.ceil(CONNECTIONS / AT_ONCE) },
  );
  await expectAlive(target);
  expect(target.errors).toEqual([]);
  expect(await target.problems()).toEqual([]);
  expect(((await heldBytes()) - before) / 2 ** 20).toBeLessThan(MEMORY_MIB_MAX);
});
