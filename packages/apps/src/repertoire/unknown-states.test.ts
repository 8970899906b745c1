import { isJsonObject, type JsonObject } from '@tidemark/protocol';
import { describe, expect, test } from 'vitest';
import { type IosDevice, openIosDevice } from './ios-device.suite.ts';
import { openRepertoireServer, type RepertoireServer, STORAGES } from './repertoire-server.suite.ts';

// What a phone had seen is not known any more: the log was compacted, or the server was put back to an earlier state. Then nothing is
// overwritten and no edit is lost; at worst there is a conflict.

const ID = '3F2504E0-4F89-41D3-9A0C-0305E82C3301';
const DAY_MS = 86_400_000;

const syncAll = async (server: RepertoireServer, ...devices: readonly IosDevice[]): Promise<void> => {
  for (let turn = 0; turn < 3; turn += 1) {
    for (const device of devices) {
      server.clock.wall += 1_000;
      expect(await device.sync()).toBe(true);
    }
  }
};

const pieceOf = (device: IosDevice) => {
  const [piece] = device.pieces;
  if (piece === undefined) throw new Error('The device has no piece.');
  return piece;
};

const openConflicts = async (server: RepertoireServer): Promise<readonly JsonObject[]> => {
  const { conflicts } = (await server.call('GET', '/sync/conflicts?state=open')).body;
  return Array.isArray(conflicts) ? conflicts.filter(isJsonObject) : [];
};

const compact = async (server: RepertoireServer): Promise<void> => {
  const session = await server.engine().session(server.space);
  if (!session.ok) throw new Error(session.error.message);
  expect(await server.engine().compact(server.space, session.value.latestVersion)).toMatchObject({ ok: true });
};

describe.each(STORAGES)('on %s', (kind) => {
  test('a phone edited offline while the log was compacted: what differs is a conflict, and both phones end equal', async () => {
    const server = await openRepertoireServer({ kind });
    const [a, b] = [openIosDevice(server), openIosDevice(server)];
    a.add(ID, { title: 'Oli Aloha', lyrics: 'one\ntwo' });
    await syncAll(server, a, b);
    b.edit(pieceOf(b), { title: 'Offline for a year', lyrics: 'one\ntwo\nthree' });
    for (const author of ['Pukui', 'Kuluwaimaka']) {
      a.edit(pieceOf(a), { author });
      await syncAll(server, a);
    }
    server.clock.wall += 200 * DAY_MS;
    await compact(server);
    await syncAll(server, b, a, b);
    expect(pieceOf(b)).toMatchObject({ title: 'Oli Aloha', lyrics: 'one\ntwo', author: 'Kuluwaimaka', locallyModified: false });
    expect(pieceOf(a)).toMatchObject({ title: 'Oli Aloha', lyrics: 'one\ntwo', author: 'Kuluwaimaka' });
    const kept = (await openConflicts(server)).map(({ field, mine }) => [field, mine]);
    expect(kept).toEqual(
      expect.arrayContaining([
        ['title', 'Offline for a year'],
        ['lyrics', 'one\ntwo\nthree'],
      ]),
    );
  });

  test('a phone that had all of it before the log was compacted goes on as ever', async () => {
    const server = await openRepertoireServer({ kind });
    const [a, b] = [openIosDevice(server), openIosDevice(server)];
    a.add(ID, { title: 'Oli Aloha' });
    await syncAll(server, a, b);
    a.edit(pieceOf(a), { author: 'Pukui' });
    await syncAll(server, a, b);
    await compact(server);
    b.edit(pieceOf(b), { notes: 'slowly' });
    a.edit(pieceOf(a), { title: 'Oli' });
    await syncAll(server, b, a);
    for (const device of [a, b]) expect(pieceOf(device)).toMatchObject({ title: 'Oli', author: 'Pukui', notes: 'slowly' });
    expect(await openConflicts(server)).toEqual([]);
  });

  test('a lastSyncedAt of before the compaction brings everything, and what changed meanwhile is not missed', async () => {
    const server = await openRepertoireServer({ kind });
    const [a, b] = [openIosDevice(server), openIosDevice(server)];
    a.add(ID, { title: 'First' });
    await syncAll(server, a, b);
    const other = ID.replace('3301', '3302');
    a.add(other, { title: 'Second' });
    a.edit(pieceOf(a), { title: 'First, later' });
    await syncAll(server, a);
    await compact(server);
    await syncAll(server, b);
    expect(b.pieces.map(({ id, title }) => [id, title]).sort()).toEqual([
      [ID, 'First, later'],
      [other, 'Second'],
    ]);
  });
});
