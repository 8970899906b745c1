import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { appendOf, changeRow, clientRow, countTo, receiptRow, SPACE } from '@tidemark/engine/conformance';
import type { Storage } from '@tidemark/engine/storage';
import type { Calls } from '@tidemark/storage/dynamodb';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { chooseSeed, seededRandom } from '../process/seeded-random.ts';
import { type FreshTable, freshTable } from './fresh-table.ts';

const PAGE = { limit: 10_000, bytesMax: 1e9 };

let table: FreshTable;
beforeEach(async () => {
  table = await freshTable(inject('dynamoEndpoint'));
});
afterEach(() => table.drop());

const cancelled = (...codes: string[]) =>
  new TransactionCanceledException({ message: codes.join(), $metadata: {}, CancellationReasons: codes.map((Code) => ({ Code })) });

/**
 * A fake in front of the emulator, which always answers whole: here batches are taken and given in part, pages are empty and yet not the
 * last, and transactions are cancelled for a conflict or a throttle before they go through.
 */
const partial =
  (random: () => number) =>
  (calls: Calls): Calls => {
    const before = async (): Promise<void> => {
      if (random() < 0.3) throw cancelled('None', random() < 0.5 ? 'TransactionConflict' : 'ThrottlingError');
    };
    return {
      ...calls,
      transactWriteItems: (input) => before().then(() => calls.transactWriteItems(input)),
      transactGetItems: (input) => before().then(() => calls.transactGetItems(input)),
      batchGetItem: async (input) => {
        const [[name = '', asked] = []] = Object.entries(input.RequestItems ?? {});
        const keys = asked?.Keys ?? [];
        const taken = Math.floor(random() * (keys.length + 1));
        const left = { [name]: { Keys: keys.slice(taken), ConsistentRead: true } };
        if (taken === 0) return { $metadata: {}, Responses: {}, UnprocessedKeys: left };
        const answer = await calls.batchGetItem({ RequestItems: { [name]: { Keys: keys.slice(0, taken), ConsistentRead: true } } });
        return { ...answer, UnprocessedKeys: taken < keys.length ? left : {} };
      },
      batchWriteItem: async (input) => {
        const [[name = '', writes = []] = []] = Object.entries(input.RequestItems ?? {});
        const taken = Math.floor(random() * (writes.length + 1));
        const left = taken < writes.length ? { [name]: writes.slice(taken) } : {};
        if (taken > 0) await calls.batchWriteItem({ RequestItems: { [name]: writes.slice(0, taken) } });
        return { $metadata: {}, UnprocessedItems: left };
      },
      query: async (input) => {
        const answer = await calls.query({ ...input, Limit: 3 });
        // The key of an item is where a page may go on, also where that page had nothing.
        return random() < 0.3 && input.ExclusiveStartKey !== undefined
          ? { ...answer, Items: [], LastEvaluatedKey: input.ExclusiveStartKey }
          : answer;
      },
    };
  };

const seen = async (storage: Storage) => ({
  log: await storage.readLog(SPACE, { after: 0, ...PAGE }),
  records: await storage.readRecords(SPACE, { ...PAGE, tombstones: true }),
  clients: await storage.readClients(SPACE),
  loaded: await storage.load(SPACE, {
    records: countTo(120).map((n) => ({ collection: 'tasks', id: `t${n}` })),
    receipts: countTo(120).map((n) => `m${n}`),
    clients: ['c1'],
  }),
});

test('answers in part, empty pages and cancelled transactions change nothing of what is stored and read', async () => {
  const seed = chooseSeed();
  const [storage, plain] = [await table.open({ wrap: partial(seededRandom(seed)) }), await table.open()];
  const changes = countTo(120).map((seq) => changeRow(seq, { deleted: seq % 10 === 0 }));
  const receipts = changes.map(({ seq, id }) => receiptRow({ mutationId: `m${seq}`, seq, id }));
  expect(await storage.append(appendOf(0, changes, { receipts, clients: [clientRow()] })), `seed ${seed}`).toBe('stored');
  expect(await storage.append(appendOf(1, [changeRow(121)])), `seed ${seed}`).toBe('stored');
  const whole = await seen(plain);
  expect(whole.log).toEqual([...changes, changeRow(121)]);
  expect(whole.loaded).toMatchObject({ records: { length: 120 }, receipts: { length: 120 }, clients: { length: 1 } });
  expect(await seen(storage), `seed ${seed}`).toEqual(whole);
  const row = await storage.readSpace(SPACE);
  if (row === undefined) throw new Error('the space is gone');
  await storage.compact({ space: { ...row, appends: 3, floor: 100, floorHash: 'h100' }, expectedAppends: 2 });
  expect(await seen(storage), `seed ${seed}`).toEqual(await seen(plain));
  await storage.erase({ space: { ...row, appends: 4, head: 0 }, expectedAppends: 3 });
  expect(await seen(plain), `seed ${seed}`).toMatchObject({ log: [], records: [], clients: [] });
  await Promise.all([storage.close(), plain.close()]);
});
