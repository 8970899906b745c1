import {
  type AccountsItem,
  type AccountsStorage,
  ADDRESSES_MAX,
  type ItemAddress,
  type ItemWrite,
  WRITES_MAX,
} from '@tidemark/engine/accounts';

const PAGE = 1_000;

export async function* allItems(storage: AccountsStorage): AsyncGenerator<readonly AccountsItem[]> {
  for (let after: string | undefined; ; ) {
    const { items, next } = await storage.scan({ limit: PAGE, ...(after === undefined ? {} : { after }) });
    yield items;
    if (next === undefined) return;
    after = next;
  }
}

const slices = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));

const atOnce = Math.min(ADDRESSES_MAX, WRITES_MAX);

const putOf = ({ owner, id, expiresAt, json }: AccountsItem, there: AccountsItem | undefined): ItemWrite[] =>
  there?.json === json && there.expiresAt === expiresAt
    ? []
    : [{ kind: 'put', owner, id, expected: there?.revision ?? 0, expiresAt, json }];

const writeSome = async (to: AccountsStorage, batch: readonly ItemWrite[]): Promise<void> => {
  if (batch.length > 0 && (await to.write(batch)) === 'moved')
    throw new Error('The accounts were written to in the new place while they were moved. Stop its servers, then run it again.');
};

/**
 * Makes the accounts of the new place those of the old one: sessions, API keys, audit, idempotency keys, whatever is kept as an item. What
 * is equal is not written, so a repeat goes on where it was cut off. `keep` are addresses that belong to the new place.
 */
export const moveAccounts = async (
  from: AccountsStorage,
  to: AccountsStorage,
  keep: (item: ItemAddress) => boolean,
  onMoved: (items: number) => void,
): Promise<void> => {
  for await (const page of allItems(from)) {
    for (const items of slices(
      page.filter((item) => !keep(item)),
      atOnce,
    )) {
      const there = await to.read(items);
      await writeSome(
        to,
        items.flatMap((item, i) => putOf(item, there[i])),
      );
      onMoved(items.length);
    }
  }
  // What an earlier run brought and is gone since.
  for await (const page of allItems(to)) {
    for (const items of slices(
      page.filter((item) => !keep(item)),
      atOnce,
    )) {
      const there = await from.read(items);
      const gone = items.filter((_, i) => there[i] === undefined);
      await writeSome(
        to,
        gone.map(({ owner, id, revision }) => ({ kind: 'delete', owner, id, expected: revision })),
      );
    }
  }
};
