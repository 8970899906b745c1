import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { expect, test, vi } from 'vitest';
import { createTestEnv, objectOf, openTestServer, pushOf, put, refusalOf, type TestServer } from './server.suite.ts';

const MIB = 1024 * 1024;

const listening = async (options: Parameters<typeof openTestServer>[0] = {}) => {
  const opened = await openTestServer(options);
  const { port } = await opened.server.listen(0);
  const url = `http://127.0.0.1:${port}`;
  const headers = { Authorization: `Bearer ${await opened.token('alice')}`, 'Content-Type': 'application/json' };
  const post = (path: string, body: unknown) => fetch(`${url}/apps/notes${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return { ...opened, port, url, headers, post };
};

/** A promise and the function that resolves it. */
const gate = () => {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
};

/** Sends raw bytes and answers all that comes back until the server closes. */
const raw = async (port: number, bytes: string): Promise<string> => {
  const socket = connect(port, '127.0.0.1');
  socket.end(bytes);
  return text(socket);
};

test('over a socket: push, pull, readiness and metrics', async () => {
  const { url, post } = await listening();
  expect(await objectOf(await post('/sync/push', pushOf([put(1, 'a')])))).toMatchObject({ accepted: [{ seq: 1 }] });
  expect(await objectOf(await post('/sync/push', pushOf([put(1, 'a'), put(2, 'b', { fields: { title: 1 } })])))).toMatchObject({
    rejected: [{ code: 'VALIDATION_FAILED' }],
  });
  expect(await objectOf(await post('/sync/pull', { clientId: 'tablet' }))).toMatchObject({ changes: [{ id: 'a' }] });
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect(await objectOf(await fetch(`${url}/readyz`))).toEqual({ status: 'ready' });
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toContain('tidemark_pushes_total{app="notes"} 2');
  expect(metrics).toContain('tidemark_mutations_total{app="notes",status="applied"} 1');
  expect(metrics).toContain('tidemark_mutations_total{app="notes",status="duplicate"} 1');
  expect(metrics).toContain('tidemark_mutations_total{app="notes",status="rejected"} 1');
  expect(metrics).toContain('tidemark_http_request_seconds_count{app="notes",method="POST",route="/sync/push",status="200"} 2');
  expect(metrics).toMatch(/tidemark_commit_requests_count\{app="notes"\} [1-9]/);
  expect(metrics).toMatch(/tidemark_commit_seconds_sum\{app="notes"\} /);
});

test('storage that cannot be read is not ready', async () => {
  const { url, storage } = await listening();
  storage.listSpaces = () => Promise.reject(new Error('gone'));
  expect(await refusalOf(await fetch(`${url}/readyz`))).toBe('503 UNAVAILABLE');
});

test('a port that is taken is told to the caller', async () => {
  const { port } = await listening();
  const other = await openTestServer();
  await expect(other.server.listen(port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('a gzip body of 128 MiB over a socket, ten at once', { timeout: 30_000 }, async () => {
  const { url, headers, post } = await listening();
  const body = new Uint8Array(gzipSync(Buffer.alloc(128 * MIB, ' ')));
  await post('/sync/push', pushOf([]));
  const before = process.memoryUsage.rss();
  const send = () => fetch(`${url}/apps/notes/sync/push`, { method: 'POST', headers: { ...headers, 'Content-Encoding': 'gzip' }, body });
  const answers = await Promise.all((await Promise.all(Array.from({ length: 10 }, send))).map(refusalOf));
  expect(new Set(answers)).toEqual(new Set(['413 BODY_TOO_LARGE']));
  expect(process.memoryUsage.rss() - before).toBeLessThan(256 * MIB);
  expect((await post('/sync/push', pushOf([put(1, 'a')]))).status).toBe(200);
});

test('a body without a length is refused as soon as it is too large, though it never ends', async () => {
  const { port, headers, post } = await listening();
  const asked = request({ port, host: '127.0.0.1', path: '/apps/notes/sync/push', method: 'POST', headers });
  const endless = Readable.from(
    (function* () {
      for (;;) yield Buffer.alloc(64 * 1024, ' ');
    })(),
  );
  asked.on('error', () => endless.destroy());
  endless.pipe(asked);
  const [response] = await once(asked, 'response');
  expect(response.statusCode).toBe(413);
  endless.destroy();
  asked.destroy();
  expect((await post('/sync/push', pushOf([put(1, 'a')]))).status).toBe(200);
});

test('a body that breaks off is no fault of the server, nor of what was sent', async () => {
  const { port, headers, logged, post } = await listening();
  const asked = request({
    port,
    host: '127.0.0.1',
    path: '/apps/notes/sync/push',
    method: 'POST',
    headers: { ...headers, 'Content-Length': 100 },
  });
  asked.on('error', () => {});
  asked.write('{"protocolVersion":1');
  await vi.waitFor(async () => expect((await post('/sync/push', pushOf([]))).status).toBe(200));
  asked.destroy();
  await vi.waitFor(() =>
    expect(logged()).toContainEqual(expect.objectContaining({ status: 408, code: 'REQUEST_TIMEOUT', route: '/sync/push' })),
  );
  expect(logged().filter(({ level }) => level === 'error')).toEqual([]);
});

test.each([
  ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400],
  ['a Host with a space', 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n', 400],
  ['a broken address', 'GET http://[ HTTP/1.1\r\nHost: localhost\r\n\r\n', 400],
  ['no HTTP', 'nonsense\r\n\r\n', 400],
  ['headers of 70 kB', `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`, 431],
  ['a path that climbs', 'GET /%00%zz/../../etc/passwd HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', 404],
])('hostile request line or headers: %s', async (_, bytes, status) => {
  const { port, post } = await listening();
  expect(await raw(port, bytes)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect((await post('/sync/push', pushOf([put(1, 'a')]))).status).toBe(200);
});

test.each([
  ['a program', {}],
  ['a website', { Origin: 'https://example.com' }],
])('live to %s over a socket: pages come as they are pushed, and a client that hangs up is forgotten', async (_, more) => {
  const { url, headers, post, metrics } = await listening();
  const hangUp = new AbortController();
  const response = await fetch(`${url}/apps/notes/sync/live?clientId=phone`, { headers: { ...headers, ...more }, signal: hangUp.signal });
  const decoder = new TextDecoder();
  let heard = '';
  const hearing = (async () => {
    for await (const chunk of response.body ?? []) heard += decoder.decode(chunk, { stream: true });
  })();
  await vi.waitFor(() => expect(heard).toContain('event: page'));
  await post('/sync/push', pushOf([put(1, 'a')], 'tablet'));
  await vi.waitFor(() => expect(heard).toContain('"note a"'));
  expect(await metrics.print()).toContain('tidemark_live_clients{app="notes"} 1');
  hangUp.abort();
  await expect(hearing).rejects.toThrow();
  await vi.waitFor(async () => expect(await metrics.print()).toContain('tidemark_live_clients{app="notes"} 0'));
});

test('a client that reads slowly is not read ahead for', { timeout: 20_000 }, async () => {
  const opened = await openTestServer();
  let pulls = 0;
  const pull: typeof opened.engine.pull = (space, asked) => {
    pulls += 1;
    return opened.engine.pull(space, asked);
  };
  const server = await listening({ engine: { ...opened.engine, pull } });
  const fields = { title: 'x'.repeat(200 * 1024) };
  const pages = 300;
  for (let n = 1; n <= pages; n += 30) {
    const mutations = Array.from({ length: 30 }, (_, i) => put(n + i, `r${n + i}`, { fields }));
    expect((await server.post('/sync/push', pushOf(mutations, 'tablet'))).status).toBe(200);
  }
  const socket = connect(server.port, '127.0.0.1');
  socket.pause();
  const path = '/apps/notes/sync/live?clientId=phone&limit=1';
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${server.headers.Authorization}\r\n\r\n`);
  await vi.waitFor(() => expect(pulls).toBeGreaterThan(3));
  let before = -1;
  await vi.waitFor(
    () => {
      const stood = pulls === before;
      before = pulls;
      expect(stood).toBe(true);
    },
    { interval: 200, timeout: 10_000 },
  );
  expect(pulls).toBeLessThan(pages / 2);
  let heard = 0;
  socket.on('data', (chunk) => {
    heard += chunk.length;
  });
  socket.resume();
  await vi.waitFor(() => expect(heard).toBeGreaterThan(pages * 200 * 1024), { timeout: 10_000 });
  socket.destroy();
});

/** Writers that push one mutation after the other until the server is gone; answers the ids it acknowledged. */
const writeUntilRefused = async (
  server: Pick<TestServer, 'token'> & { post: (path: string, body: unknown) => Promise<Response> },
  clientId: string,
) => {
  const acknowledged: string[] = [];
  for (let n = 1; ; n++) {
    try {
      const response = await server.post('/sync/push', pushOf([put(n, `${clientId}-${n}`)], clientId));
      if (response.status !== 200) return acknowledged;
      await response.json();
      acknowledged.push(`${clientId}-${n}`);
    } catch {
      return acknowledged;
    }
  }
};

test('a shutdown under load keeps every push it acknowledged', { timeout: 20_000 }, async () => {
  const server = await listening();
  const writers = Array.from({ length: 8 }, (_, i) => writeUntilRefused(server, `w${i}`));
  await vi.waitFor(async () => expect((await server.storage.readSpace('notes/alice'))?.head ?? 0).toBeGreaterThan(100), {
    timeout: 10_000,
  });
  await server.server.close();
  const acknowledged = (await Promise.all(writers)).flat();
  expect(acknowledged.length).toBeGreaterThan(100);
  const stored = await server.storage.readRecords('notes/alice', { limit: 100_000, bytesMax: 1e9 });
  const ids = new Set(stored.map(({ id }) => id));
  expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
  await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
});

test('a shutdown lets a request under way finish, ends live streams, and does not wait for idle connections', async () => {
  const opened = await openTestServer();
  const held = gate();
  const begun = gate();
  const push: typeof opened.engine.push = async (...args) => {
    begun.open();
    await held.opened;
    return opened.engine.push(...args);
  };
  const server = await listening({ engine: { ...opened.engine, push } });
  const idle = connect(server.port, '127.0.0.1');
  await once(idle, 'connect');
  const live = await fetch(`${server.url}/apps/notes/sync/live?clientId=phone`, { headers: server.headers });
  const pushed = server.post('/sync/push', pushOf([put(1, 'a')]));
  await begun.opened;
  const closed = server.server.close();
  expect(await live.text()).toContain('event: page');
  held.open();
  expect(await objectOf(await pushed)).toMatchObject({ accepted: [{ seq: 1 }] });
  await closed;
  await server.server.close();
});

test('a request that never finishes is cut off in the end, and that is logged', async () => {
  const env = createTestEnv();
  const opened = await openTestServer();
  const begun = gate();
  const push: typeof opened.engine.push = () => {
    begun.open();
    return new Promise(() => {});
  };
  const server = await listening({ env, engine: { ...opened.engine, push } });
  const pushed = server.post('/sync/push', pushOf([put(1, 'a')]));
  const failed = expect(pushed).rejects.toThrow();
  await begun.opened;
  const closed = server.server.close();
  await vi.waitFor(() => expect(env.waitingTimers()).toBe(1));
  env.fireTimers();
  await closed;
  await failed;
  expect(server.logged()).toContainEqual(expect.objectContaining({ level: 'warn', connections: 1 }));
});
