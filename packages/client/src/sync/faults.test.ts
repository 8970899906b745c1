import { isJsonObject } from '@tidemark/protocol';
import { IDBFactory } from 'fake-indexeddb';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createWorld, type Fate, faultyStore, type NotesClient, notes, shown, type World } from '../simulation/world.suite.ts';
import { createIndexedDbStore } from '../store/indexeddb-store.ts';
import { createMemoryStore } from '../store/memory-store.ts';

/** A client whose checks are laxer than the server's. */
const laxNotes = { ...notes.collections.notes, fields: { ...notes.collections.notes.fields, title: { schema: z.string() } } };

const error = (code: string, details = {}) => ({ error: { code, message: code, details, correlationId: 'c' } });
const isPush = (request: { readonly line: string }) => request.line === 'POST /apps/notes/sync/push';
const sizeOf = (body: { readonly mutations?: unknown } | undefined): number => (Array.isArray(body?.mutations) ? body.mutations.length : 0);
const firstIdOf = (body: { readonly mutations?: unknown } | undefined): unknown => {
  const [first]: unknown[] = Array.isArray(body?.mutations) ? body.mutations : [];
  return isJsonObject(first) ? first.mutationId : undefined;
};
/** Does the push carry this mutation, other than as a void? */
const carries = (body: { readonly mutations?: unknown } | undefined, id: string): boolean =>
  JSON.stringify(body?.mutations ?? []).includes(`"id":"${id}"`);

const put = async (world: World, client: NotesClient, id: string, title = id): Promise<string> => {
  const done = await world.during(client.collection('notes').put({ title }, id));
  if (!done.ok) throw new Error(done.error.message);
  return done.value.mutationId;
};
const titles = (client: NotesClient) => shown(client).map((note) => note.title);
const settled = (world: World, client: NotesClient) =>
  world.until(() => client.status().state === 'synced' && client.status().pending === 0);

const opened = async (user?: string) => {
  const world = createWorld();
  const client = await world.open({ debounceMs: 0, ...(user === undefined ? {} : { user }) });
  await settled(world, client);
  return { world, client };
};

describe('login', () => {
  it('keeps the outbox through a 401, asks for one fresh token, and goes on after signing in', async () => {
    const world = createWorld();
    const asked: (string | undefined)[] = [];
    let current: string | null = 'expired';
    const client = await world.open({
      token: (refused) => {
        asked.push(refused);
        return current;
      },
    });
    await put(world, client, 'a');
    await world.until(() => client.status().state === 'signed out');
    expect(client.status()).toMatchObject({ pending: 1, error: { code: 'UNAUTHENTICATED' } });
    expect(asked).toEqual([undefined, 'expired']);
    const sent = world.requests.length;
    await world.pass(600_000);
    expect(world.requests.length).toBe(sent);
    current = 'alice';
    client.signedIn();
    await settled(world, client);
    expect(client.outbox()).toEqual([]);
  });

  it('pauses when it is revoked and takes a new clientId after signing in, with the same mutationIds', async () => {
    const { world, client } = await opened();
    await put(world, client, 'before');
    await settled(world, client);
    const old = client.clientId;
    await world.engine.revokeDevice({ app: 'notes', key: 'notes/alice' }, old);
    const mutationId = await put(world, client, 'after');
    await world.until(() => client.status().state === 'signed out');
    expect(client.outbox().map((mutation) => mutation.mutationId)).toEqual([mutationId]);
    client.signedIn();
    await settled(world, client);
    expect(client.clientId).not.toBe(old);
    expect(client.mutationState(mutationId)).toBe('acknowledged');
  });

  it('never sends to another account what belongs to this one', async () => {
    const world = createWorld();
    const client = await world.open({ token: () => 'bob' });
    await put(world, client, 'secret');
    await world.until(() => client.status().state === 'error');
    expect(client.status()).toMatchObject({ pending: 1, error: { code: 'WRONG_SPACE' } });
    expect(world.requests.map(({ line }) => line)).toEqual(['GET /apps/notes/sync/session']);
  });

  it('stops when a later token is of another account', async () => {
    const world = createWorld();
    let user = 'alice';
    const client = await world.open({ token: () => user });
    await settled(world, client);
    user = 'bob';
    await put(world, client, 'secret');
    await world.until(() => client.status().state === 'error');
    expect(client.status()).toMatchObject({ pending: 1, error: { code: 'WRONG_SPACE' } });
    const bob = await world.open({ user: 'bob' });
    await settled(world, bob);
    expect(shown(bob)).toEqual([]);
  });
});

describe('a network or server that fails', () => {
  it('applies once what was answered into the void', async () => {
    const { world, client } = await opened();
    await put(world, client, 'a');
    await settled(world, client);
    let lost = 0;
    world.fate = (request): Fate => (isPush(request) && lost++ < 3 ? 'dropAnswer' : 'pass');
    await world.during(client.collection('notes').patch('a', { likes: 5 }));
    await settled(world, client);
    expect(lost).toBeGreaterThan(3);
    expect(client.collection('notes').get('a')?.likes).toBe(5);
  });

  it('waits longer after each failure, within bounds, and recovers', async () => {
    const { world, client } = await opened();
    world.fate = () => ({ status: 503 });
    await put(world, client, 'a');
    const sent = world.requests.length;
    await world.pass(300_000);
    expect(client.status()).toMatchObject({ state: 'error', pending: 1, parked: 0 });
    expect(world.requests.length - sent).toBeGreaterThan(8);
    expect(world.requests.length - sent).toBeLessThan(30);
    world.fate = () => 'pass';
    await settled(world, client);
  });

  it('waits as long as Retry-After says', async () => {
    const { world, client } = await opened();
    world.fate = () => ({ status: 429, body: error('TOO_MANY_REQUESTS'), headers: { 'retry-after': '120' } });
    await put(world, client, 'a');
    await world.until(() => client.status().state === 'error');
    const sent = world.requests.length;
    await world.pass(110_000);
    expect(world.requests.length).toBe(sent);
    world.fate = () => 'pass';
    await settled(world, client);
  });

  it('gives up a request that hangs, and goes on', async () => {
    const { world, client } = await opened();
    let hung = false;
    world.fate = (request) => {
      if (hung || !isPush(request)) return 'pass';
      hung = true;
      return 'hang';
    };
    await put(world, client, 'a');
    await settled(world, client);
    expect(hung).toBe(true);
  });

  it('keeps everything while the server cannot write, and blames no mutation', async () => {
    const { world, client } = await opened();
    world.fate = (request) => (isPush(request) && sizeOf(request.body) > 0 ? { status: 507, body: error('STORAGE_FULL') } : 'pass');
    for (const id of ['a', 'b', 'c']) await put(world, client, id);
    await world.pass(600_000);
    expect(client.status()).toMatchObject({ pending: 3, parked: 0, error: { code: 'STORAGE_FULL' } });
  });

  it('keeps everything for a server with an older schema, and asks seldom', async () => {
    const { world, client } = await opened();
    world.fate = (request) => (isPush(request) ? { status: 409, body: error('SCHEMA_AHEAD') } : 'pass');
    await put(world, client, 'a');
    await world.pass(3_600_000);
    expect(client.status()).toMatchObject({ pending: 1, parked: 0, error: { code: 'SCHEMA_AHEAD' } });
    expect(world.requests.filter(isPush).length).toBeLessThan(20);
  });

  it('stops for an erased space and leaves the outbox to be exported', async () => {
    const { world, client } = await opened();
    await world.engine.erase({ app: 'notes', key: 'notes/alice' });
    const mutationId = await put(world, client, 'a');
    await world.until(() => client.status().state === 'error');
    expect(client.status().error?.code).toBe('SPACE_ERASED');
    expect(JSON.stringify(client.exportUnsynced())).toContain(mutationId);
    const sent = world.requests.length;
    await world.pass(3_600_000);
    expect(world.requests.length).toBe(sent);
  });
});

describe('numbers and ids', () => {
  it('are mended where the server misses one, knows one, or knows an id with other content', async () => {
    for (const code of ['OUT_OF_ORDER', 'CLIENT_REUSED', 'MUTATION_REUSED', 'BASE_AHEAD']) {
      const { world, client } = await opened();
      let refused = 0;
      world.fate = ({ line, body }) => {
        const details = { mutationId: firstIdOf(body), expected: 1, head: 0 };
        return isPush({ line }) && sizeOf(body) > 0 && refused++ === 0 ? { status: 409, body: error(code, details) } : 'pass';
      };
      await put(world, client, 'a');
      await settled(world, client);
      expect(refused, code).toBeGreaterThan(1);
      expect(titles(client), code).toEqual(['a']);
      expect(client.status(), code).toMatchObject({ parked: 0, error: null });
      const other = await world.open();
      await settled(world, other);
      expect(titles(other), code).toEqual(['a']);
    }
  });
});

describe('the local store', () => {
  it('that fails between the answer and its commit costs nothing: the server answers the same again', async () => {
    const world = createWorld();
    let failures = 0;
    let armed = false;
    const store = faultyStore(createMemoryStore(true), () => armed && failures++ < 2);
    const client = await world.open({ store, debounceMs: 0 });
    await settled(world, client);
    world.fate = (request) => {
      armed ||= isPush(request) && JSON.stringify(request.body).includes('"patch"');
      return 'pass';
    };
    await put(world, client, 'a');
    await world.during(client.collection('notes').patch('a', { likes: 2 }));
    await settled(world, client);
    expect(failures).toBeGreaterThan(2);
    expect(shown(client)).toEqual([{ id: 'a', title: 'a', likes: 2 }]);
    expect(client.outbox()).toEqual([]);
  });

  it('may be IndexedDB: a restart goes on with the outbox', async () => {
    const world = createWorld();
    const factory = new IDBFactory();
    const open = () => createIndexedDbStore({ factory, name: 'notes', setTimer: world.clock.setTimer });
    const first = await world.open({ store: await open() });
    first.setOnline(false);
    await put(world, first, 'a');
    await put(world, first, 'b');
    await first.close();
    const again = await world.open({ store: await open() });
    expect(again.outbox().map(({ n }) => n)).toEqual([1, 2]);
    await settled(world, again);
    const other = await world.open();
    await settled(world, other);
    expect(titles(other)).toEqual(['a', 'b']);
  });
});

describe('a poison mutation', () => {
  for (const status of [413, 422, 400, 500]) {
    it(`that alone gets ${status} is parked, and the others arrive`, async () => {
      const { world, client } = await opened();
      client.setOnline(false);
      for (let i = 0; i < 20; i += 1) await put(world, client, i === 13 ? 'poison' : `n${i}`);
      world.fate = (request) => (isPush(request) && carries(request.body, 'poison') ? { status, body: error('BAD_REQUEST') } : 'pass');
      client.setOnline(true);
      await settled(world, client);
      expect(client.parked().map(({ mutation }) => mutation.id)).toEqual(['poison']);
      expect(titles(client)).toHaveLength(19);
      world.fate = () => 'pass';
      const parked = client.parked()[0]?.mutation.mutationId ?? '';
      expect(client.mutationState(parked)).toBe('parked');
      expect(await world.during(client.retryParked(parked))).toMatchObject({ ok: true });
      await settled(world, client);
      expect(titles(client)).toHaveLength(20);
      expect(client.parked()).toEqual([]);
    });
  }

  it('that was applied all the same is found out by its void', async () => {
    const { world, client } = await opened();
    const poisoned = (request: { readonly line: string; readonly body: object | undefined }): Fate => {
      if (!isPush(request) || !carries(request.body, 'poison')) return 'pass';
      return 'dropAnswer';
    };
    let answers = 0;
    world.fate = (request) =>
      poisoned(request) === 'dropAnswer' && answers++ > 0 ? { status: 422, body: error('BAD_REQUEST') } : poisoned(request);
    const mutationId = await put(world, client, 'poison');
    await settled(world, client);
    await world.until(() => client.mutationState(mutationId) === 'acknowledged');
    expect(client.parked()).toEqual([]);
    expect(titles(client)).toEqual(['poison']);
  });

  it('in a group takes its whole group with it, and nothing else', async () => {
    const { world, client } = await opened();
    client.setOnline(false);
    await put(world, client, 'first');
    await world.during(
      client.group((collection) => {
        collection('notes').put({ title: 'g1' }, 'g1');
        collection('notes').put({ title: 'poison' }, 'poison');
      }),
    );
    await put(world, client, 'last');
    world.fate = (request) =>
      isPush(request) && carries(request.body, 'poison') ? { status: 413, body: error('BODY_TOO_LARGE') } : 'pass';
    client.setOnline(true);
    await settled(world, client);
    expect(client.parked().map(({ mutation }) => mutation.id)).toEqual(['g1', 'poison']);
    expect(titles(client)).toEqual(['first', 'last']);
  });

  it('that the server rejects is parked with its reason, later edits of the same record go on, and it can be discarded', async () => {
    const world = createWorld();
    const client = await world.open({ app: { ...notes, collections: { notes: laxNotes } } });
    client.setOnline(false);
    await put(world, client, 'a', 'short');
    const refused = await world.during(client.collection('notes').patch('a', { title: 'x'.repeat(200) }));
    await world.during(client.collection('notes').patch('a', { likes: 1 }));
    client.setOnline(true);
    await settled(world, client);
    expect(shown(client)).toEqual([{ id: 'a', title: 'short', likes: 1 }]);
    expect(client.parked()[0]?.error.code).toBe('VALIDATION_FAILED');
    const mutationId = refused.ok ? refused.value.mutationId : '';
    expect(client.mutationState(mutationId)).toBe('parked');
    await world.during(client.discardParked(mutationId));
    expect(client.parked()).toEqual([]);
    expect(client.mutationState(mutationId)).toBeUndefined();
  });
});
