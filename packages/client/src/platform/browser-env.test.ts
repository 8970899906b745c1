import { createServer as createSocket } from 'node:http';
import { createEngine } from '@tidemark/engine';
import { createMemoryStorage } from '@tidemark/engine/memory';
import { createLogger, createMetrics, createNodeEnv, createServer } from '@tidemark/server';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openClient } from '../open-client.ts';
import { notes } from '../simulation/server.suite.ts';
import { browserEnv } from './browser-env.ts';

const listen = async (): Promise<string> => {
  const env = createNodeEnv();
  const metrics = createMetrics();
  const engine = createEngine({ storage: createMemoryStorage(), apps: [notes], env, onCommit: metrics.onCommit });
  const principal = {
    issuer: 'test',
    subject: 'alice',
    spaceKey: 'alice',
    scopes: ['read', 'write'],
    emailVerified: true,
    expiresAt: env.wall() + 60_000,
  };
  const server = await createServer({
    engine,
    env,
    metrics,
    logger: createLogger({ level: 'silent' }),
    mounts: [{ app: notes, path: '/apps/notes' }],
    identity: { authenticate: async () => ({ ok: true, value: principal }) },
  });
  onTestFinished(() => server.close());
  const { port } = await server.listen(0);
  return `http://127.0.0.1:${port}/apps/notes`;
};

const open = async (url: string) => {
  const account = { issuer: 'test', subject: 'alice' };
  // Without a store: Node has no IndexedDB, so this one is in memory and says so.
  const client = await openClient({ app: notes, url, account, token: () => 'alice', debounceMs: 0 });
  onTestFinished(() => client.close());
  return client;
};

it('syncs two clients over real sockets, with an event stream between them', async () => {
  const url = await listen();
  const [one, two] = [await open(url), await open(url)];
  await vi.waitFor(() => expect([one.status().state, two.status().state]).toEqual(['synced', 'synced']));
  const kinds: string[] = [];
  two.onTraffic(({ kind }) => kinds.push(kind));
  await vi.waitFor(async () => {
    await one.collection('notes').put({ title: `at ${kinds.length}` }, 'a');
    expect(kinds).toContain('live');
  });
  await vi.waitFor(() => expect(two.collection('notes').list()).toEqual(one.collection('notes').list()));
  expect(two.collection('notes').get('a')?.title).toMatch(/^at /);
  expect(one.status().durable).toBe(false);
});

it('gives up a request whose answer hangs', async () => {
  const mute = createSocket((_, response) => response.writeHead(200).write('{'));
  await new Promise<void>((resolve) => mute.listen(0, resolve));
  onTestFinished(() => {
    mute.closeAllConnections();
    mute.close();
  });
  const address = mute.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const request = { method: 'GET', url: `http://127.0.0.1:${port}/`, headers: {}, timeoutMs: 50 } as const;
  await expect(browserEnv().http(request)).rejects.toThrow('timeout');
});

it('makes ids in the order of the clock that nobody else makes, also where the page is not a secure context', () => {
  const { crypto } = globalThis;
  vi.stubGlobal('crypto', { getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes) });
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });
  const idAt = (time: number): string => {
    vi.setSystemTime(time);
    return browserEnv().uuid();
  };
  const ids = [0, 1, Date.UTC(2026, 0), Date.UTC(2026, 0) + 1, Date.UTC(2100, 0), Date.UTC(3000, 0)].map(idAt);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect([...ids].sort()).toEqual(ids);
  expect(Number.parseInt(idAt(Date.UTC(2026, 0)).replace('-', '').slice(0, 12), 16)).toBe(Date.UTC(2026, 0));
  expect(new Set(Array.from({ length: 1_000 }, () => idAt(0))).size).toBe(1_000);
});
