import { describe, expect, test } from 'vitest';
import { type IosDevice, type LocalPiece, openIosDevice } from './ios-device.suite.ts';
import { openRepertoireServer, type RepertoireServer, STORAGES } from './repertoire-server.suite.ts';

const ID = '3F2504E0-4F89-41D3-9A0C-0305E82C3301';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** The app syncs so often by itself. */
const TIMER_MS = 5 * MINUTE_MS;

const piece = (device: IosDevice): LocalPiece => {
  const found = device.pieces.find((one) => one.id === ID);
  if (found === undefined) throw new Error('The device has no such piece.');
  return found;
};

const settle = async (server: RepertoireServer, ...devices: readonly IosDevice[]) => {
  for (let turn = 0; turn < 3; turn += 1) {
    for (const device of devices) {
      server.clock.wall += 1_000;
      expect(await device.sync()).toBe(true);
    }
  }
};

const conflictsOf = async (server: RepertoireServer) => {
  const { body } = await server.call('GET', '/sync/conflicts?state=all');
  const list: unknown = body.conflicts;
  return Array.isArray(list) ? list : [];
};

const shown = ({ title, lyrics, notes, isFavorite, author }: LocalPiece) => ({ title, lyrics, notes, isFavorite, author });

const openTwo = async (kind: (typeof STORAGES)[number]) => {
  const server = await openRepertoireServer({ kind });
  const [a, b] = [openIosDevice(server), openIosDevice(server)];
  a.add(ID, { title: 'Oli Aloha', lyrics: 'one\ntwo\nthree\nfour' });
  await settle(server, a, b);
  return { server, a, b };
};

describe.each(STORAGES)('devices on %s', (kind) => {
  test('a piece of one device comes to the other, with the same id', async () => {
    const { a, b } = await openTwo(kind);
    expect(b.pieces.map(({ id }) => id)).toEqual([ID]);
    expect(shown(piece(b))).toEqual(shown(piece(a)));
    expect(piece(b).locallyModified).toBe(false);
  });

  test('an idle sync gets the same syncedAt and writes nothing', async () => {
    const { server, a, b } = await openTwo(kind);
    const head = async () => (await server.call('GET', '/sync/digest')).body;
    const before = [await head(), a.lastSyncedAt, b.lastSyncedAt];
    server.clock.wall += 10 * MINUTE_MS;
    await settle(server, a, b);
    expect([await head(), a.lastSyncedAt, b.lastSyncedAt]).toEqual(before);
    expect(a.lastSyncedAt).toBe(b.lastSyncedAt);
  });

  test('three phones on their timers: an edit is everywhere after two rounds, and rounds without one write nothing', async () => {
    const { server, a, b } = await openTwo(kind);
    const c = openIosDevice(server, 'ada', -3 * HOUR_MS);
    b.skew = 2 * HOUR_MS;
    const phones = [a, b, c];
    /** The timer of each phone runs out so many times, one phone after the other. */
    const rounds = async (count: number, offline?: IosDevice): Promise<void> => {
      for (let i = 0; i < count * phones.length; i += 1) {
        const phone = phones[i % phones.length] ?? a;
        server.clock.wall += TIMER_MS / phones.length;
        expect(await phone.sync(() => (phone === offline ? 'dropRequest' : 'pass'))).toBe(phone !== offline);
      }
    };
    const standing = async () => [(await server.call('GET', '/sync/digest')).body, ...phones.map(({ lastSyncedAt }) => lastSyncedAt)];
    await rounds(2);
    const turns: readonly (readonly [IosDevice, IosDevice, IosDevice])[] = [
      [a, b, c],
      [b, c, a],
      [c, a, b],
    ];
    for (const [hour, [author, away, other]] of [...turns, ...turns].entries()) {
      const before = piece(away).title;
      const title = `At ${hour}`;
      author.edit(piece(author), { title });
      await rounds(2, away);
      expect([piece(author).title, piece(other).title, piece(away).title]).toEqual([title, title, before]);
      await rounds(3, away);
      await rounds(1);
      expect(phones.map((phone) => piece(phone).title)).toEqual([title, title, title]);
      const settled = await standing();
      expect(new Set(settled.slice(1)).size).toBe(1);
      await rounds(6);
      expect(await standing()).toEqual(settled);
    }
    expect(await conflictsOf(server)).toEqual([]);
  });

  test('edits of different fields merge, also lines of the lyrics', async () => {
    const { server, a, b } = await openTwo(kind);
    a.edit(piece(a), { title: 'Oli Aloha (A)', lyrics: 'one\ntwo\nthree\nfour\nfive' });
    b.edit(piece(b), { isFavorite: true, lyrics: 'zero\none\ntwo\nthree\nfour' });
    b.edit(piece(b), { author: 'Pukui' });
    await settle(server, a, b);
    for (const device of [a, b]) {
      expect(shown(piece(device))).toEqual({
        title: 'Oli Aloha (A)',
        lyrics: 'zero\none\ntwo\nthree\nfour\nfive',
        notes: undefined,
        isFavorite: true,
        author: 'Pukui',
      });
    }
    expect(await conflictsOf(server)).toEqual([]);
  });

  test('of one field the newer edit stands, and the other is in the conflicts', async () => {
    const { server, a, b } = await openTwo(kind);
    b.edit(piece(b), { title: 'B, first' });
    server.clock.wall += MINUTE_MS;
    a.edit(piece(a), { title: 'A, later' });
    server.clock.wall += MINUTE_MS;
    await settle(server, a, b);
    expect(piece(a).title).toBe('A, later');
    expect(piece(b).title).toBe('A, later');
    expect(await conflictsOf(server)).toMatchObject([{ field: 'title', mine: 'B, first', theirs: 'A, later', state: 'open' }]);
  });

  test('after the app was opened again, edits still stand on what the device had', async () => {
    const { server, a, b } = await openTwo(kind);
    a.edit(piece(a), { title: 'Renamed' });
    await settle(server, a);
    b.edit(piece(b), { notes: 'slowly' });
    b.edit(piece(b), { isFavorite: true });
    b.edit(piece(b), { isFavorite: false });
    b.reopen();
    await settle(server, b, a);
    expect(shown(piece(b))).toMatchObject({ title: 'Renamed', notes: 'slowly', isFavorite: false });
    expect(shown(piece(a))).toEqual(shown(piece(b)));
    expect(await conflictsOf(server)).toEqual([]);
  });

  test('a value may be put back to what it was, also after the app was opened again', async () => {
    const { server, a, b } = await openTwo(kind);
    a.edit(piece(a), { isFavorite: true });
    await settle(server, a, b);
    a.reopen();
    a.edit(piece(a), { isFavorite: false });
    await settle(server, a, b);
    expect([piece(a).isFavorite, piece(b).isFavorite]).toEqual([false, false]);
    expect(await conflictsOf(server)).toEqual([]);
  });

  test('a lost answer loses nothing and stores nothing twice', async () => {
    const { server, a, b } = await openTwo(kind);
    a.edit(piece(a), { title: 'Sent' });
    expect(await a.sync(() => 'dropAnswer')).toBe(false);
    await settle(server, a);
    const { value } = Object.assign(
      { value: { entries: [] } },
      await server.engine().history(server.space, { collection: 'pieces', id: ID }),
    );
    expect(value.entries).toHaveLength(2);
    a.edit(piece(a), { author: 'Kuluwaimaka' });
    expect(await a.sync((path) => (path === '/sessions' ? 'dropAnswer' : 'pass'))).toBe(false);
    a.edit(piece(a), { title: 'Oli Aloha' });
    await settle(server, a, b);
    expect(shown(piece(b))).toMatchObject({ title: 'Oli Aloha', author: 'Kuluwaimaka' });
    expect(await conflictsOf(server)).toEqual([]);
  });

  test('an edit made while a request runs is not lost, though its mark is', async () => {
    const { server, a, b } = await openTwo(kind);
    a.edit(piece(a), { title: 'First' });
    await a.sync(undefined, () => a.edit(piece(a), { notes: 'meanwhile' }));
    expect(piece(a)).toMatchObject({ notes: 'meanwhile', locallyModified: false });
    await settle(server, a, b);
    expect(shown(piece(b))).toMatchObject({ title: 'First', notes: 'meanwhile' });
    expect(shown(piece(a))).toEqual(shown(piece(b)));
  });

  test('a phone restored from a backup overwrites nothing newer', async () => {
    const { server, a, b } = await openTwo(kind);
    const backup = b.backup();
    for (const title of ['One', 'Two', 'Three']) {
      a.edit(piece(a), { title });
      await settle(server, a, b);
    }
    b.restore(backup);
    b.edit(piece(b), { notes: 'after the restore' });
    await settle(server, b, a);
    expect(shown(piece(b))).toMatchObject({ title: 'Three', notes: 'after the restore' });
    expect(shown(piece(a))).toEqual(shown(piece(b)));
  });

  test('a version that no state here leads to overwrites nothing: what differs is a conflict', async () => {
    const { server, a, b } = await openTwo(kind);
    a.edit(piece(a), { title: 'Newer' });
    await settle(server, a);
    Object.assign(piece(b), { version: 77_000, title: 'From elsewhere', locallyModified: true });
    await settle(server, b, a);
    expect([piece(a).title, piece(b).title]).toEqual(['Newer', 'Newer']);
    expect(piece(b).version).toBeGreaterThan(77_000);
    expect(await conflictsOf(server)).toMatchObject([{ field: 'title', mine: 'From elsewhere', theirs: 'Newer' }]);
  });

  test('a merged piece comes back in both lists, with a version above any', async () => {
    const { server, a, b } = await openTwo(kind);
    a.edit(piece(a), { title: 'A' });
    await settle(server, a);
    for (let edits = 0; edits < 40; edits += 1) b.edit(piece(b), { notes: `take ${edits}` });
    const sent = { ...piece(b) };
    const body = { pieces: [wire(sent)], lastSyncedAt: new Date(b.lastSyncedAt ?? 0).toISOString() };
    const { body: answer } = await server.call('POST', '/pieces', body);
    expect(answer).toMatchObject({ uploadedPieces: [ID], serverPieces: [{ pieceId: ID, title: 'A', notes: 'take 39' }] });
    expect(answer.serverPieces).toEqual(answer.updatedPieces);
    const [merged] = [answer.updatedPieces].flat();
    expect(Number(Object.assign({ version: 0 }, merged).version)).toBeGreaterThan(Math.max(sent.version, piece(a).version));
  });

  test('the place of a device outlives a restart of the server', async () => {
    const { server, a, b } = await openTwo(kind);
    await server.restart();
    a.edit(piece(a), { title: 'After the restart' });
    await settle(server, a, b);
    expect(piece(b).title).toBe('After the restart');
  });
});

const wire = ({ id, createdAt, updatedAt, lastSyncedAt: _, ...rest }: LocalPiece) => ({
  ...rest,
  pieceId: id,
  userId: 'ada',
  createdAt: new Date(createdAt).toISOString(),
  modifiedAt: new Date(updatedAt).toISOString(),
});
