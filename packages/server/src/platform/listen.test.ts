import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { LISTEN_LIMITS, type ListenLimits, listen } from './listen.ts';
import { createNodeEnv } from './node-env.ts';

const open = async (limits: Partial<ListenLimits> = {}, answer: Parameters<typeof listen>[0] = () => new Response('answered')) => {
  const listener = await listen(answer, { port: 0, host: '127.0.0.1' }, createNodeEnv(), { ...LISTEN_LIMITS, ...limits });
  onTestFinished(async () => void (await listener.close(0)));
  const connected = (): Socket => connect(listener.port, '127.0.0.1');
  /** All that comes back until the server closes. */
  const send = (bytes: string): Promise<string> => {
    const socket = connected();
    socket.write(bytes);
    return text(socket);
  };
  return { connected, send };
};

test('headers that drip are cut off, as often as a byte may come', async () => {
  const { connected } = await open({ headersTimeoutMs: 300 });
  const socket = connected();
  socket.on('error', () => {});
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n');
  const dripping = setInterval(() => socket.write('X: y\r\n'), 20);
  onTestFinished(() => clearInterval(dripping));
  expect(await text(socket)).toMatch(/^HTTP\/1.1 408 /);
});

test('a body that drips is cut off', async () => {
  const { connected } = await open({ headersTimeoutMs: 200, requestTimeoutMs: 400 }, () => new Response(null, { status: 204 }));
  const socket = connected();
  socket.on('error', () => {});
  socket.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n');
  const dripping = setInterval(() => socket.write('x'), 20);
  onTestFinished(() => clearInterval(dripping));
  socket.resume();
  await once(socket, 'close');
});

test('a connection on which nothing moves is closed', async () => {
  const { connected } = await open({ idleTimeoutMs: 200 }, () => new Response(new ReadableStream()));
  const socket = connected();
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  socket.resume();
  await once(socket, 'close');
});

test.each([
  ['a length and chunks at once', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello'],
  ['chunks that are not the last encoding', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n'],
  ['a space before the colon', 'GET / HTTP/1.1\r\nHost : a\r\n\r\n'],
  ['a line that is folded', 'GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\nTransfer-Encoding:\r\n chunked\r\nContent-Length: 1\r\n\r\n'],
])('what two servers could read differently is refused: %s', async (_, bytes) => {
  const { send } = await open();
  expect(await send(bytes)).toMatch(/^HTTP\/1.1 400 /);
});

test('headers have a size', async () => {
  const { send } = await open();
  expect(await send(`GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(17 * 1024)}\r\n\r\n`)).toMatch(/^HTTP\/1.1 431 /);
  expect(await send(`GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX: ${'x'.repeat(9 * 1024)}\r\n\r\n`)).toMatch(/^HTTP\/1.1 200 /);
});

test.each([
  ['an address of 50 kB', `GET /tasks?q=${'x'.repeat(50_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 431, 'HEADERS_TOO_LARGE'],
  ['no HTTP', 'nonsense\r\n\r\n', 400, 'BAD_REQUEST'],
])('what cannot be read as a request gets a named error: %s', async (_, bytes, status, code) => {
  const { send } = await open();
  const answer = await send(bytes);
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  const { error } = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')));
  expect(error).toEqual({ code, message: expect.stringMatching(/\w/), correlationId: expect.stringMatching(/^[\w-]{36}$/) });
});

test.each([
  ['in its headers', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Le'],
  ['in its body', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{"half'],
  ['in a chunk', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n{"half'],
])('a request that is cut off %s is not called wrong: clients would blame what they sent', async (_, bytes) => {
  const { connected } = await open({}, async (request) => new Response(await request.text()));
  const socket = connected();
  socket.end(bytes);
  expect(await text(socket)).toMatch(/^HTTP\/1.1 408 /);
});

test('after an answer, a body that drips brings no second one', async () => {
  const { connected } = await open({ requestTimeoutMs: 300, headersTimeoutMs: 200 }, () => new Response('answered'));
  const socket = connected();
  socket.on('error', () => {});
  socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nx');
  const heard = await text(socket).catch(() => '');
  expect(heard.split('HTTP/1.1').length).toBeLessThanOrEqual(2);
});

test('connections have a number', async () => {
  const { connected } = await open({ connectionsMax: 2 });
  const kept = [connected(), connected()];
  await Promise.all(kept.map((socket) => once(socket, 'connect')));
  const third = connected();
  third.on('error', () => {});
  third.resume();
  await once(third, 'close');
  for (const socket of kept) socket.destroy();
});
