import { refuse } from '@tidemark/protocol';
import { describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import type { Identity } from '../identity/identity.ts';
import { createTestEnv, openTestServer, pushOf, put, refusalOf, type TestServer } from '../server.suite.ts';

const PUSH = '/apps/notes/sync/push';
const pageSchema = z.object({
  cursor: z.string(),
  seq: z.number(),
  hasMore: z.boolean(),
  ackedN: z.number().optional(),
  changes: z.array(z.object({ id: z.string() })),
});

/** Reads a stream event by event, as slowly as the test likes. */
const reading = (response: Response) => {
  const reader = (response.body ?? new ReadableStream<Uint8Array>()).getReader();
  const decoder = new TextDecoder();
  let rest = '';
  const next = async (): Promise<string | undefined> => {
    for (;;) {
      const end = rest.indexOf('\n\n');
      if (end >= 0) {
        const block = rest.slice(0, end);
        rest = rest.slice(end + 2);
        return block;
      }
      const { done, value } = await reader.read();
      if (done) return undefined;
      rest += decoder.decode(value, { stream: true });
    }
  };
  const page = async () => {
    const [id, kind, data] = ((await next()) ?? '').split('\n');
    expect(kind).toBe('event: page');
    const parsed = pageSchema.parse(JSON.parse(data?.replace(/^data: /, '') ?? ''));
    expect(id).toBe(`id: ${parsed.cursor}`);
    return parsed;
  };
  /** Pages until there is no more. */
  const pages = async () => {
    const read = [await page()];
    while (read.at(-1)?.hasMore) read.push(await page());
    return read;
  };
  return { next, page, pages, cancel: () => reader.cancel() };
};

const setUp = async () => {
  const env = createTestEnv();
  const opened = await openTestServer({ env });
  const live = async (query = 'clientId=phone', headers: Record<string, string> = {}) =>
    opened.call('GET', `/apps/notes/sync/live?${query}`, undefined, headers);
  return { ...opened, env, live };
};

const pushNote = async ({ call }: Pick<TestServer, 'call'>, n: number, id: string, clientId = 'tablet') => {
  const response = await call('POST', PUSH, pushOf([put(n, id)], clientId));
  expect(response.status).toBe(200);
};

const liveClients = async ({ metrics }: Pick<TestServer, 'metrics'>) =>
  /tidemark_live_clients\{app="notes"\} (\d+)/.exec(await metrics.print())?.[1];

describe('live', () => {
  test('a page at once, then one after each push', async () => {
    const server = await setUp();
    await pushNote(server, 1, 'a');
    const response = await server.live();
    expect(response.headers.get('Content-Type')).toBe('text/event-stream');
    expect(response.headers.get('Cache-Control')).toBe('no-store');
    expect(response.headers.get('X-Accel-Buffering')).toBe('no');
    expect(response.headers.get('Content-Encoding')).toBe(null);
    const stream = reading(response);
    expect((await stream.pages()).flatMap(({ changes }) => changes.map(({ id }) => id))).toEqual(['a']);
    await pushNote(server, 2, 'b');
    expect(await stream.page()).toMatchObject({ changes: [{ id: 'b' }], hasMore: false });
    await stream.cancel();
  });

  test('an up-to-date client is told so once, then hears nothing until there is something', async () => {
    const server = await setUp();
    await pushNote(server, 1, 'a');
    const before = reading(await server.live());
    const cursor = (await before.pages()).at(-1)?.cursor ?? '';
    await before.cancel();
    const stream = reading(await server.live(`clientId=phone&cursor=${encodeURIComponent(cursor)}`));
    expect(await stream.page()).toMatchObject({ changes: [], hasMore: false });
    const pending = stream.next();
    await vi.waitFor(() => expect(server.env.waitingTimers()).toBe(1));
    server.env.fireTimers();
    expect(await pending).toBe(':');
    await stream.cancel();
  });

  test('it goes on at Last-Event-ID', async () => {
    const server = await setUp();
    await pushNote(server, 1, 'a');
    const before = reading(await server.live());
    const cursor = (await before.pages()).at(-1)?.cursor ?? '';
    await before.cancel();
    await pushNote(server, 2, 'b');
    const stream = reading(await server.live('clientId=phone', { 'Last-Event-ID': cursor }));
    expect(await stream.page()).toMatchObject({ changes: [{ id: 'b' }] });
    await stream.cancel();
  });

  test('pokes that come together make one page', async () => {
    const server = await setUp();
    const stream = reading(await server.live());
    await stream.pages();
    for (let n = 1; n <= 20; n++) await pushNote(server, n, `r${n}`);
    const seen: string[] = [];
    let pages = 0;
    while (!seen.includes('r20')) {
      seen.push(...(await stream.page()).changes.map(({ id }) => id));
      pages += 1;
    }
    expect(new Set(seen).size).toBe(20);
    expect(pages).toBeLessThanOrEqual(2);
    await stream.cancel();
  });

  test('a poke that was lost costs at most one tick', async () => {
    const env = createTestEnv();
    const opened = await openTestServer({ env });
    const deaf = await openTestServer({ env, engine: { ...opened.engine, subscribe: () => () => {} } });
    const stream = reading(
      await deaf.call('GET', '/apps/notes/sync/live?clientId=phone', undefined, { Authorization: `Bearer ${await deaf.token('alice')}` }),
    );
    await stream.pages();
    await pushNote(opened, 1, 'a');
    const page = stream.page();
    await vi.waitFor(() => expect(env.waitingTimers()).toBe(1));
    env.fireTimers();
    expect(await page).toMatchObject({ changes: [{ id: 'a' }] });
    await stream.cancel();
  });

  test('a reader that does not read holds no backlog: the storage is asked again only when it does', async () => {
    const opened = await openTestServer();
    let pulls = 0;
    const counting = {
      ...opened.engine,
      pull: (...args: Parameters<typeof opened.engine.pull>) => {
        pulls += 1;
        return opened.engine.pull(...args);
      },
    };
    const server = await openTestServer({ engine: counting });
    const stream = reading(await server.call('GET', '/apps/notes/sync/live?clientId=phone'));
    await stream.pages();
    const before = pulls;
    for (let n = 1; n <= 50; n++) await pushNote(server, n, `r${n}`);
    expect(pulls - before).toBeLessThanOrEqual(1);
    await stream.cancel();
  });

  test('only the collections that are asked for', async () => {
    const server = await setUp();
    await pushNote(server, 1, 'a');
    const none = reading(await server.live('clientId=phone&collections=others'));
    expect((await none.pages()).flatMap(({ changes }) => changes)).toEqual([]);
    await none.cancel();
    const some = reading(await server.live('clientId=phone&collections=notes,others'));
    expect((await some.pages()).flatMap(({ changes }) => changes)).toHaveLength(1);
    await some.cancel();
  });

  test('large states come page by page', async () => {
    const server = await setUp();
    await server.call('POST', PUSH, pushOf(Array.from({ length: 30 }, (_, i) => put(i + 1, `r${i}`))));
    const stream = reading(await server.live('clientId=tablet&limit=10'));
    const pages = await stream.pages();
    expect(pages.length).toBeGreaterThanOrEqual(3);
    expect(new Set(pages.flatMap(({ changes }) => changes.map(({ id }) => id))).size).toBe(30);
    await stream.cancel();
  });
});

describe('the end of a live stream', () => {
  test('a refusal is an event, then the end', async () => {
    const server = await setUp();
    const stream = reading(await server.live('clientId=phone&cursor=nonsense', { 'X-Correlation-Id': 'live-1' }));
    const [kind, data] = ((await stream.next()) ?? '').split('\n');
    expect(kind).toBe('event: error');
    expect(JSON.parse(data?.slice('data: '.length) ?? '')).toMatchObject({ error: { code: 'BAD_CURSOR', correlationId: 'live-1' } });
    expect(await stream.next()).toBe(undefined);
    expect(await liveClients(server)).toBe('0');
  });

  test('a revoked client is cut off at once', async () => {
    const server = await setUp();
    await pushNote(server, 1, 'own', 'phone');
    const stream = reading(await server.live());
    await stream.pages();
    const waiting = stream.next();
    await vi.waitFor(() => expect(server.env.waitingTimers()).toBe(1));
    expect((await server.call('DELETE', '/apps/notes/devices/phone')).status).toBe(200);
    expect(await waiting).toContain('CLIENT_REVOKED');
    expect(await stream.next()).toBe(undefined);
  });

  test('it ends at the next tick when the token is no longer taken, not when that cannot be told', async () => {
    const env = createTestEnv();
    const opened = await openTestServer({ env });
    const verdict: { code: 'ok' | 'UNAUTHENTICATED' | 'UNAVAILABLE' } = { code: 'ok' };
    const authenticate: Identity['authenticate'] = async () => {
      if (verdict.code !== 'ok') return refuse(verdict.code, 'Not now.');
      const principal = {
        issuer: 'i',
        subject: 's',
        spaceKey: 's',
        scopes: ['read', 'write'],
        emailVerified: true,
        expiresAt: env.wall() + 3_600_000,
      };
      return { ok: true, value: principal };
    };
    const server = await openTestServer({ env, identity: { authenticate }, engine: opened.engine });
    const stream = reading(await server.call('GET', '/apps/notes/sync/live?clientId=phone'));
    await stream.pages();
    const tick = async () => {
      const next = stream.next();
      await vi.waitFor(() => expect(env.waitingTimers()).toBe(1));
      env.fireTimers();
      return next;
    };
    expect(await tick()).toBe(':');
    verdict.code = 'UNAVAILABLE';
    expect(await tick()).toBe(':');
    verdict.code = 'UNAUTHENTICATED';
    expect(await tick()).toContain('UNAUTHENTICATED');
    expect(await stream.next()).toBe(undefined);
  });

  test('it ends when the token expires', async () => {
    const server = await setUp();
    const stream = reading(await server.live());
    await stream.pages();
    const last = stream.next();
    await vi.waitFor(() => expect(server.env.waitingTimers()).toBe(1));
    server.env.moveWall(31 * 24 * 60 * 60 * 1000);
    server.env.fireTimers();
    expect(await last).toContain('UNAUTHENTICATED');
    expect(await stream.next()).toBe(undefined);
  });

  test('a reader that goes away frees its listener, its timer and its place in the gauge', async () => {
    const opened = await openTestServer();
    let listeners = 0;
    const subscribe: typeof opened.engine.subscribe = (space, poke) => {
      listeners += 1;
      const unsubscribe = opened.engine.subscribe(space, poke);
      return () => {
        listeners -= 1;
        unsubscribe();
      };
    };
    const env = createTestEnv();
    const server = await openTestServer({ env, engine: { ...opened.engine, subscribe } });
    const streams = await Promise.all(
      Array.from({ length: 5 }, async (_, i) => reading(await server.call('GET', `/apps/notes/sync/live?clientId=c${i}`))),
    );
    for (const stream of streams) await stream.pages();
    const waiting = streams.map((stream) => stream.next());
    await vi.waitFor(() => expect(env.waitingTimers()).toBe(5));
    expect([listeners, await liveClients(server)]).toEqual([5, '5']);
    for (const stream of streams) await stream.cancel();
    await Promise.all(waiting);
    expect([listeners, env.waitingTimers(), await liveClients(server)]).toEqual([0, 0, '0']);
    expect(server.logged().filter((line) => line.level === 'error')).toEqual([]);
  });

  test('a shutdown ends it, and one that opens meanwhile', async () => {
    const server = await setUp();
    const stream = reading(await server.live());
    await stream.pages();
    const last = stream.next();
    await server.server.close();
    expect(await last).toBe(undefined);
    expect(await reading(await server.live()).next()).toBe(undefined);
  });

  test('HEAD opens nothing', async () => {
    const server = await setUp();
    const response = await server.call('HEAD', '/apps/notes/sync/live?clientId=phone');
    expect([response.status, await liveClients(server)]).toEqual([405, undefined]);
  });

  test.each(['cursor=x', 'clientId=', 'clientId=%00', 'clientId=phone&limit=0', 'clientId=phone&since=1'])(
    'wrong parameters: %s',
    async (query) => {
      const server = await setUp();
      expect(await refusalOf(await server.live(query))).toBe('400 BAD_REQUEST');
    },
  );
});
