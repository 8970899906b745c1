import { createHash } from 'node:crypto';
import type { RecordKey, Storage } from '@tidemark/engine';
import type { AccountsStorage, ItemAddress } from '@tidemark/engine/accounts';
import { compareStrings } from '@tidemark/protocol';
import { allItems } from './move-accounts.ts';

const PAGE = { limit: 1_000, bytesMax: 4 * 1024 * 1024 };

/** SHA-256 of everything of a space, row by row: equal on every storage where the space is. In constant memory. */
export const digestOfSpace = async (storage: Storage, key: string): Promise<string> => {
  const hash = createHash('sha256');
  const add = (rows: readonly object[]): void => {
    for (const row of rows) hash.update(JSON.stringify(Object.entries(row).sort(([a], [b]) => compareStrings(a, b))));
  };
  const row = await storage.readSpace(key);
  // `appends` counts what was stored here, and no client hears of it.
  add(row === undefined ? [] : [{ ...row, appends: 0, digest: Object.entries(row.digest).sort(([a], [b]) => compareStrings(a, b)) }]);
  for (let after = 0; ; ) {
    const rows = await storage.readLog(key, { after, ...PAGE });
    add(rows);
    const last = rows.at(-1);
    if (last === undefined) break;
    after = last.seq;
  }
  for (let after: RecordKey | undefined; ; ) {
    const rows = await storage.readRecords(key, { ...PAGE, tombstones: true, ...(after === undefined ? {} : { after }) });
    add(rows);
    const last = rows.at(-1);
    if (last === undefined) break;
    after = { collection: last.collection, id: last.id };
  }
  for (let after: string | undefined; ; ) {
    const rows = await storage.readReceipts(key, { limit: PAGE.limit, ...(after === undefined ? {} : { after }) });
    add(rows);
    after = rows.at(-1)?.mutationId;
    if (after === undefined) break;
  }
  add([...(await storage.readClients(key))].sort((a, b) => compareStrings(a.clientId, b.clientId)));
  return hash.digest('hex');
};

/** SHA-256 of all items but those that belong to the place. */
export const digestOfAccounts = async (storage: AccountsStorage, keep: (item: ItemAddress) => boolean): Promise<string> => {
  const sums: string[] = [];
  for await (const page of allItems(storage))
    for (const { owner, id, expiresAt, json } of page)
      if (!keep({ owner, id }))
        sums.push(
          createHash('sha256')
            .update(JSON.stringify([owner, id, expiresAt, json]))
            .digest('hex'),
        );
  // Each storage scans in an order of its own, and may show an item twice.
  return createHash('sha256')
    .update([...new Set(sums)].sort().join('\n'))
    .digest('hex');
};
