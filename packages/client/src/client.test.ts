import { describe, expect, it } from 'vitest';
import type { Status } from './client.ts';
import { createWorld, type NotesClient, notes, shown, type World } from './simulation/world.suite.ts';
import { createMemoryStore } from './store/memory-store.ts';

const settled = (world: World, ...clients: readonly NotesClient[]) =>
  world.until(() => clients.every((client) => client.status().state === 'synced' && client.status().pending === 0));
const opened = async (world: World, options = {}) => {
  const client = await world.open({ debounceMs: 0, ...options });
  await settled(world, client);
  return client;
};

describe('a write', () => {
  it('that is not valid is refused and not queued', async () => {
    const world = createWorld();
    const client = await opened(world);
    const collection = client.collection('notes');
    expect(await world.during(collection.put({ title: 'x'.repeat(101) }))).toMatchObject({
      ok: false,
      error: { code: 'VALIDATION_FAILED' },
    });
    expect(await world.during(collection.put({ title: 'bad \u0000' }))).toMatchObject({ ok: false, error: { code: 'INVALID_STRING' } });
    expect(await world.during(collection.put({ title: 'a' }, ''))).toMatchObject({ ok: false, error: { code: 'INVALID_ID' } });
    expect(await world.during(collection.patch('nothing', { title: 'a' }))).toMatchObject({
      ok: false,
      error: { code: 'RECORD_NOT_FOUND' },
    });
    expect(client.outbox()).toEqual([]);
  });

  it('names only what changes, and what was seen there, its own pending edits included', async () => {
    const world = createWorld();
    const client = await opened(world);
    client.setOnline(false);
    const collection = client.collection('notes');
    await world.during(collection.put({ title: 'one', likes: 1 }, 'a'));
    await world.during(collection.patch('a', { title: 'two', likes: 1 }));
    await world.during(collection.patch('a', { title: 'two' }));
    await world.during(collection.put({ title: 'three' }, 'a'));
    await world.during(collection.delete('a'));
    await world.during(collection.delete('a'));
    const sent = client.outbox().map(({ n, op, fields, was, base }) => ({ n, op, fields, was, base }));
    expect(sent).toEqual([
      { n: 1, op: 'put', fields: { title: 'one', likes: 1 }, was: {}, base: 0 },
      { n: 2, op: 'patch', fields: { title: 'two' }, was: { title: 'one' }, base: 0 },
      { n: 3, op: 'patch', fields: { title: 'three', likes: null }, was: { title: 'two', likes: 1 }, base: 0 },
      { n: 4, op: 'delete', fields: undefined, was: { title: 'three' }, base: 0 },
    ]);
  });

  it('re-creates a deleted record from its tombstone', async () => {
    const world = createWorld();
    const client = await opened(world);
    const collection = client.collection('notes');
    await world.during(collection.put({ title: 'one' }, 'a'));
    await world.during(collection.delete('a'));
    await settled(world, client);
    await world.during(client.sync());
    client.setOnline(false);
    await world.during(collection.put({ title: 'again' }, 'a'));
    expect(client.outbox()[0]).toMatchObject({ op: 'put', base: 2, was: {} });
    client.setOnline(true);
    await settled(world, client);
    expect(shown(client)).toEqual([{ id: 'a', title: 'again' }]);
  });

  it('in a group is refused with the whole group', async () => {
    const world = createWorld();
    const client = await opened(world);
    const refused = await world.during(
      client.group((collection) => {
        collection('notes').put({ title: 'fine' });
        collection('notes').patch('nothing', { title: 'no such' });
      }),
    );
    expect(refused.ok).toBe(false);
    expect(shown(client)).toEqual([]);
  });
});

describe('live queries', () => {
  it('tell what changes in their answer, and only that', async () => {
    const world = createWorld();
    const client = await opened(world);
    const seen: string[][] = [];
    const stop = client
      .collection('notes')
      .live({ where: { likes: { gte: 2 } }, orderBy: [['likes', 'desc']] }, (found) => seen.push(found.map((note) => note.id)));
    const collection = client.collection('notes');
    await world.during(collection.put({ title: 'a', likes: 1 }, 'a'));
    await world.during(collection.put({ title: 'b', likes: 2 }, 'b'));
    await world.during(collection.put({ title: 'c', likes: 3 }, 'c'));
    await world.during(collection.patch('b', { likes: 0 }));
    await settled(world, client);
    stop();
    await world.during(collection.delete('c'));
    expect(seen).toEqual([[], ['b'], ['c', 'b'], ['c']]);
  });
});

describe('the event stream', () => {
  it('brings the edits of others without a poll', async () => {
    const world = createWorld();
    const one = await opened(world);
    const two = await opened(world, { live: true });
    await world.pass(1_000);
    const traffic: string[] = [];
    two.onTraffic(({ kind, count }) => traffic.push(`${kind} ${count}`));
    await world.during(one.collection('notes').put({ title: 'a' }, 'a'));
    await world.until(() => shown(two).length === 1, 10_000);
    expect(traffic).toEqual(['live 1']);
    two.setOnline(false);
    await world.during(one.collection('notes').put({ title: 'b' }, 'b'));
    await world.pass(60_000);
    expect(shown(two)).toHaveLength(1);
    await one.close();
    await two.close();
  });
});

describe('an edit that was applied but not acknowledged', () => {
  it('is not shown twice when the state that contains it arrives first', async () => {
    const world = createWorld();
    const client = await opened(world, { live: true });
    await world.during(client.collection('notes').put({ title: 'a', likes: 0 }, 'a'));
    await settled(world, client);
    await world.pass(1_000);
    world.fate = ({ line }) => (line.endsWith('/sync/push') ? 'dropAnswer' : 'pass');
    const other = await opened(world);
    await world.during(client.collection('notes').patch('a', { likes: 5 }));
    await world.until(() => client.status().state === 'offline', 10_000);
    world.fate = ({ line, body }) => (line.endsWith('/sync/push') && body?.clientId === client.clientId ? 'dropAnswer' : 'pass');
    await world.during(other.sync());
    await world.during(other.collection('notes').patch('a', { likes: 8 }));
    await world.until(() => client.collection('notes').get('a')?.likes !== 5, 10_000);
    expect(client.status().pending).toBe(1);
    expect(client.collection('notes').get('a')?.likes).toBe(8);
    world.fate = () => 'pass';
    await settled(world, client);
    expect(client.collection('notes').get('a')?.likes).toBe(8);
    await client.close();
  });
});

describe('conflicts', () => {
  const conflicting = async () => {
    const world = createWorld();
    const one = await opened(world);
    const two = await opened(world);
    await world.during(one.collection('notes').put({ title: 'a', body: 'base' }, 'a'));
    await settled(world, one);
    await world.during(two.sync());
    two.setOnline(false);
    await world.during(two.collection('notes').patch('a', { body: 'mine' }));
    await world.during(one.collection('notes').patch('a', { body: 'theirs' }));
    await settled(world, one);
    two.setOnline(true);
    await settled(world, two);
    await world.during(one.sync());
    return { world, one, two };
  };

  it('are listed, and resolved also offline', async () => {
    const { world, one, two } = await conflicting();
    const [conflict] = two.conflicts();
    expect(conflict).toMatchObject({
      collection: 'notes',
      id: 'a',
      field: 'body',
      was: 'base',
      mine: 'mine',
      theirs: 'theirs',
      rule: 'review',
    });
    expect(one.status().openConflicts).toBe(1);
    expect(two.collection('notes').get('a')?.body).toBe('theirs');
    two.setOnline(false);
    expect(await world.during(two.resolve(conflict?.conflictId ?? '', { choose: 'mine' }))).toMatchObject({ ok: true });
    expect(two.conflicts()).toEqual([]);
    expect(two.status().pending).toBe(1);
    two.setOnline(true);
    await settled(world, two);
    await world.during(one.sync());
    expect(one.conflicts()).toEqual([]);
    expect([one, two].map((client) => client.collection('notes').get('a')?.body)).toEqual(['mine', 'mine']);
  });

  it('show in the state of the mutation until they are resolved', async () => {
    const { world, two } = await conflicting();
    const [conflict] = two.conflicts();
    const mutationId = conflict?.mineBy.mutationId ?? '';
    expect(two.mutationState(mutationId)).toBe('conflict');
    await world.during(two.resolve(conflict?.conflictId ?? '', { choose: 'theirs' }));
    await settled(world, two);
    await world.during(two.sync());
    expect(two.mutationState(mutationId)).toBe('acknowledged');
  });
});

describe('the history', () => {
  it('brings a record back to how it was, also a deleted one', async () => {
    const world = createWorld();
    const client = await opened(world);
    const collection = client.collection('notes');
    await world.during(collection.put({ title: 'first', likes: 1 }, 'a'));
    await world.during(collection.patch('a', { title: 'second' }));
    await world.during(collection.delete('a'));
    await settled(world, client);
    const history = await world.during(client.history('notes', 'a'));
    expect(history.ok && history.value.entries.map(({ seq, deleted }) => [seq, deleted])).toEqual([
      [3, true],
      [2, undefined],
      [1, undefined],
    ]);
    expect(await world.during(client.restoreRecord('notes', 'a', 1))).toMatchObject({ ok: true });
    await settled(world, client);
    expect(shown(client)).toEqual([{ id: 'a', title: 'first', likes: 1 }]);
    client.setOnline(false);
    expect(await world.during(client.history('notes', 'a'))).toMatchObject({ ok: false, error: { code: 'UNAVAILABLE' } });
  });
});

describe('a local store', () => {
  it('keeps what was queued over a restart, and a newer schema opens it', async () => {
    const world = createWorld();
    const store = createMemoryStore(true);
    const client = await opened(world, { store });
    client.setOnline(false);
    await world.during(client.collection('notes').put({ title: 'queued' }, 'a'));
    const [queued] = client.outbox();
    await world.during(client.close());
    const upcasts = { 1: (fields: object) => ({ ...fields, title: 'raised' }) };
    const next = { ...notes, schemaVersion: 2, collections: { notes: { ...notes.collections.notes, upcasts } } };
    const again = await world.open({ store, app: next, token: () => null });
    expect(shown(again)).toEqual([{ id: 'a', title: 'raised' }]);
    expect(again.outbox()).toEqual([queued]);
    await world.during(again.close());
    await expect(world.open({ store })).rejects.toMatchObject({ code: 'SCHEMA_AHEAD' });
    expect(await store.readAll('outbox')).toHaveLength(1);
  });

  it('is bound to its account', async () => {
    const world = createWorld();
    const store = createMemoryStore(true);
    await opened(world, { store });
    await expect(world.open({ store, user: 'bob' })).rejects.toMatchObject({ code: 'WRONG_SPACE' });
  });

  it('in memory says that it does not last', async () => {
    const world = createWorld();
    const client = await opened(world, { store: createMemoryStore() });
    const seen: Status[] = [];
    client.onStatus((status) => seen.push(status));
    await world.during(client.collection('notes').put({ title: 'a' }));
    await settled(world, client);
    expect(seen.map((status) => status.pending)).toContain(1);
    expect(client.status().durable).toBe(false);
  });
});
