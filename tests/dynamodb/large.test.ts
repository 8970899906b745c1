import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { appendOf, changeRow, countTo, receiptRow, recordOf, SPACE, spaceRow } from '@tidemark/engine/conformance';
import type { Calls } from '@tidemark/storage/dynamodb';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { type FreshTable, freshTable } from './fresh-table.ts';

const PAGE = { limit: 10_000, bytesMax: 1e9 };

let table: FreshTable;
beforeEach(async () => {
  table = await freshTable(inject('dynamoEndpoint'));
});
afterEach(() => table.drop());

const keysLeft = async (): Promise<string[]> => {
  const endpoint = inject('dynamoEndpoint');
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1' });
  const keys: string[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName: table.name, ProjectionExpression: 'pk, sk' }))
    keys.push(...Items.map(({ pk }) => pk?.S ?? ''));
  client.destroy();
  return keys.sort();
};

const many = (count: number) => {
  const changes = countTo(count).map((seq) => changeRow(seq));
  return appendOf(0, changes, { receipts: changes.map(({ seq, id }) => receiptRow({ mutationId: `m${seq}`, seq, id })) });
};

/** A fake that dies at its n-th transaction, as a process that is killed does. */
const dyingAt =
  (transaction: number) =>
  (calls: Calls): Calls => {
    let made = -1;
    return {
      ...calls,
      transactWriteItems: (input) => {
        // The first is that of the opening.
        made += 1;
        return made >= transaction ? Promise.reject(new Error('the process died')) : calls.transactWriteItems(input);
      },
    };
  };

test('an append of hundreds of changes is one, whole or not at all, at whichever transaction its process dies', async () => {
  const batch = many(250);
  for (let transaction = 1; transaction <= 9; transaction++) {
    const key = `app/u${transaction}`;
    const own = { ...batch, space: { ...batch.space, key } };
    const dying = await table.open({ wrap: dyingAt(transaction) });
    const answer = await dying.append(own).catch(() => 'failed');
    await dying.close();
    const storage = await table.open();
    const log = await storage.readLog(key, { after: 0, ...PAGE });
    expect(log).toEqual(transaction === 1 ? [] : batch.changes);
    expect(answer).toBe(transaction === 1 ? 'failed' : 'stored');
    if (transaction > 1) {
      expect(await storage.readRecords(key, PAGE)).toHaveLength(250);
      const { receipts } = await storage.load(key, {
        records: [],
        receipts: batch.receipts.map(({ mutationId }) => mutationId),
        clients: [],
      });
      expect(receipts).toHaveLength(250);
      expect(await storage.append(appendOf(1, [changeRow(251)], { row: { key } }))).toBe('stored');
    }
    await storage.close();
  }
});

test('large fields are kept whole in log and records, and go with what they belong to', async () => {
  const storage = await table.open();
  const large = (n: number) => JSON.stringify({ text: `${n}é"\\`.repeat(150_000) });
  const first = countTo(3).map((n) => changeRow(n, { fieldsJson: large(n) }));
  expect(await storage.append(appendOf(0, first))).toBe('stored');
  expect(await storage.readLog(SPACE, { after: 0, ...PAGE })).toEqual(first);
  expect(await storage.readRecords(SPACE, PAGE)).toEqual(first.map((change) => recordOf(change)));
  const edit = changeRow(4, { id: 't1', prevSeq: 1, revision: 2, fieldsJson: large(4) });
  const gone = changeRow(5, { id: 't2', prevSeq: 2, revision: 2, deleted: true });
  await storage.append(appendOf(1, [edit, gone]));
  expect(await storage.readHistory(SPACE, { seq: 4, limit: 9 })).toEqual([edit, first[0]]);
  const row = (await storage.readSpace(SPACE)) ?? spaceRow();
  expect(await storage.compact({ space: { ...row, appends: 3, floor: 5, floorHash: 'h5' }, expectedAppends: 2 })).toBe('stored');
  expect(await storage.readLog(SPACE, { after: 0, ...PAGE })).toEqual([first[2], edit, { ...gone, fieldsJson: null }]);
  expect((await storage.readRecords(SPACE, PAGE)).map(({ fieldsJson }) => fieldsJson)).toEqual([edit.fieldsJson, first[2]?.fieldsJson]);
  expect((await keysLeft()).filter((pk) => pk.startsWith('blobs/') || pk.startsWith('log/'))).toHaveLength(8);
  await storage.erase({ space: { ...spaceRow(), appends: 4 }, expectedAppends: 3 });
  expect(await keysLeft()).toEqual([`head/${SPACE}`, 'spaces']);
  await storage.close();
});
