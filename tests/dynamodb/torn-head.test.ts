import { appendOf, changeRow, recordOf, SPACE } from '@tidemark/engine/conformance';
import type { DynamoStorage } from '@tidemark/storage/dynamodb';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { type FreshTable, freshTable } from './fresh-table.ts';
import { createTorn } from './torn-calls.ts';

// The worst moment of a transaction: its head can be seen, and nothing else of it. Each read must wait for the rest.

const PAGE = { limit: 100, bytesMax: 1e6 };
const FIRST = changeRow(1, { id: 'r' });
const SECOND = changeRow(2, { id: 'r', revision: 2, prevSeq: 1 });
const READS_ENOUGH = 6;

let table: FreshTable;
let torn: ReturnType<typeof createTorn>;
let one: DynamoStorage;
let other: DynamoStorage;
beforeEach(async () => {
  table = await freshTable(inject('dynamoEndpoint'));
  torn = createTorn(() => 0.9);
  [one, other] = [await table.open({ wrap: torn.wrap }), await table.open({ wrap: torn.wrap })];
  await one.append(appendOf(0, [FIRST]));
});
afterEach(async () => {
  await Promise.all([one.close(), other.close()]);
  await table.drop();
});

/** What `read` answers that begins while only the head of the second append can be seen. */
const readMeanwhile = async <T>(read: () => Promise<T>): Promise<T> => {
  const { reading } = await torn.holding(
    () => one.append(appendOf(1, [SECOND])),
    async () => {
      expect((await other.readSpace(SPACE))?.head).toBe(2);
      let isDone = false;
      const from = torn.reads();
      const reading = read().finally(() => {
        isDone = true;
      });
      reading.catch(() => {});
      while (!isDone && torn.reads() < from + READS_ENOUGH) await new Promise((resolve) => setTimeout(resolve, 1));
      return { reading };
    },
  );
  return reading;
};

test('a plan is never made from the new head and an old record', async () => {
  const loaded = await readMeanwhile(() => other.load(SPACE, { records: [{ collection: 'tasks', id: 'r' }], receipts: [], clients: [] }));
  expect(loaded).toMatchObject({ space: { head: 2 }, records: [recordOf(SECOND)] });
});

test('a snapshot behind the new head has its records', async () => {
  expect(await readMeanwhile(() => other.readRecords(SPACE, PAGE))).toEqual([recordOf(SECOND)]);
});

test('the log up to the new head has its changes', async () => {
  expect(await readMeanwhile(() => other.readLog(SPACE, { after: 0, ...PAGE }))).toEqual([FIRST, SECOND]);
  expect(await other.readLogRow(SPACE, 2)).toEqual(SECOND);
});
