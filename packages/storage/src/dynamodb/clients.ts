import type { ClientRow, ReceiptRow, Storage } from '@tidemark/engine/storage';
import { number, textOf } from './attributes.ts';
import type { Heads } from './head.ts';
import { headKey, LAST, partitionOf, SPACES } from './keys.ts';
import { clientUpdate, toClient, toReceipt } from './rows.ts';
import { keyOf, type Table } from './table.ts';

/** Receipts and clients of a space, and the list of spaces. */
export const createClients = (table: Table, heads: Heads): Pick<Storage, 'readReceipts' | 'readClients' | 'putClient' | 'listSpaces'> => ({
  readReceipts: async (space, { after, limit }) => {
    const head = await heads.read(space);
    const receipts: ReceiptRow[] = [];
    if (head === undefined) return receipts;
    const range = { pk: partitionOf('receipts', head), from: after ?? '\u0001', to: LAST };
    for await (const item of table.query({ ...range, atOnce: limit + 1 })) {
      const receipt = toReceipt(item);
      if (receipt.mutationId !== after) receipts.push(receipt);
      if (receipts.length >= limit) break;
    }
    return receipts;
  },
  readClients: async (space) => {
    const head = await heads.read(space);
    if (head === undefined) return [];
    const clients: ClientRow[] = [];
    for await (const item of table.query({ pk: partitionOf('clients', head), from: '\u0001', to: LAST })) clients.push(toClient(item));
    return clients;
  },
  putClient: async (space, client) => {
    for (;;) {
      const head = await heads.read(space);
      if (head === undefined) return;
      const check = {
        Key: keyOf(headKey(space)),
        ConditionExpression: 'generation = :generation',
        ExpressionAttributeValues: { ':generation': number(head.generation) },
      };
      // Only where the space was not erased meanwhile: nothing may be written into what is being removed.
      if (await table.transact([{ ConditionCheck: check }, clientUpdate(head, client, 'sighting')])) return;
    }
  },
  listSpaces: async ({ app, after, limit }) => {
    const keys: string[] = [];
    const first = app === undefined ? '\u0001' : `${app}/`;
    const isLater = after !== undefined && Buffer.compare(Buffer.from(after), Buffer.from(first)) > 0;
    const range = { pk: SPACES, from: isLater ? after : first, to: app === undefined ? LAST : `${app}/${LAST}` };
    for await (const item of table.query({ ...range, atOnce: limit + 1 })) {
      const key = textOf(item, 'sk');
      if (key === after || (app !== undefined && textOf(item, 'app') !== app)) continue;
      keys.push(key);
      if (keys.length >= limit) break;
    }
    return keys;
  },
});
