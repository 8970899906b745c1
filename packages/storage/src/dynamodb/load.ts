import { type Loaded, type LoadKeys, type Storage, StorageFailure } from '@tidemark/engine/storage';
import { numberOf } from './attributes.ts';
import type { Head, Heads } from './head.ts';
import { headKey, type Place } from './keys.ts';
import { fetchBlobs } from './log.ts';
import { isThere } from './records.ts';
import { clientKey, receiptKey, recordKeyOf, toClient, toReceipt, toRecord } from './rows.ts';
import { type Item, type Key, slices, type Table, TRANSACTION_ITEMS_MAX } from './table.ts';

const ROUNDS_MAX = 50;
const NOTHING: Loaded = { space: undefined, records: [], receipts: [], clients: [] };

/** Each once: a transaction takes no key twice. */
const keysOf = (place: Place, { records, receipts, clients }: LoadKeys): Key[] => {
  const keys = [
    ...records.map((key) => recordKeyOf(place, key)),
    ...receipts.map((id) => receiptKey(place, id)),
    ...clients.map((id) => clientKey(place, id)),
  ];
  return [...new Map(keys.map((key) => [`${key.pk} ${key.sk}`, key])).values()];
};

/** Items with the head as it stood in that moment; halved where together they are more than a transaction may read (4 MB). */
const getWithHead = async (table: Table, space: string, keys: readonly Key[]): Promise<{ heads: (Item | undefined)[]; items: Item[] }> => {
  try {
    const [head, ...items] = await table.getTogether([headKey(space), ...keys]);
    return { heads: [head], items: items.filter((item) => item !== undefined) };
  } catch (error) {
    if (keys.length < 2 || !isTooMuch(error)) throw error;
  }
  const middle = Math.ceil(keys.length / 2);
  const halves = [await getWithHead(table, space, keys.slice(0, middle)), await getWithHead(table, space, keys.slice(middle))];
  return { heads: halves.flatMap(({ heads }) => heads), items: halves.flatMap(({ items }) => items) };
};

const isTooMuch = (error: unknown): boolean =>
  error instanceof StorageFailure && error.cause instanceof Error && /valid|exceed/iu.test(`${error.cause.name} ${error.message}`);

const unpack = async (table: Table, head: Head, items: readonly Item[]): Promise<Loaded | undefined> => {
  const of = (kind: string) => items.filter((item) => item.pk?.S?.startsWith(`${kind}/`));
  const records = of('records')
    .map(toRecord)
    .filter(({ row }) => isThere(head, row));
  const whole = await fetchBlobs(table, head, records);
  return whole && { space: head.row, records: whole, receipts: of('receipts').map(toReceipt), clients: of('clients').map(toClient) };
};

/**
 * Head and clients by one plain read: half the cost, for whoever plans nothing. A client that an append wrote which the head that was
 * read does not know yet is too new, and both are read again.
 */
const loadClients = async (table: Table, heads: Heads, place: Place, keys: readonly Key[]): Promise<Loaded | undefined> => {
  const { pk } = headKey(place.space);
  const items = await table.getAll([headKey(place.space), ...keys]);
  const first = items.find((item) => item.pk?.S === pk);
  if (first === undefined) return NOTHING;
  const head = await heads.settle(first);
  const clients = items.filter((item) => item !== first);
  const isOld = (item: Item): boolean => numberOf(item, 'written') <= (head?.row.appends ?? 0);
  if (head === undefined || head.generation !== place.generation || !clients.every(isOld)) return undefined;
  return { ...NOTHING, space: head.row, clients: clients.map(toClient) };
};

/**
 * The head and the wanted items, all of one moment: what a plan is made from. Reading them one by one will not do, since the new head
 * of a transaction may be in sight before its records are, and a plan from that would pass the compare.
 */
export const createLoad =
  (table: Table, heads: Heads): Storage['load'] =>
  async (space, wanted) => {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const place = heads.guess(space) ?? (await heads.read(space));
      if (place === undefined) return NOTHING;
      const keys = keysOf(place, wanted);
      if (keys.length === 0) return { ...NOTHING, space: (await heads.read(space))?.row };
      if (keys.length === wanted.clients.length) {
        const loaded = await loadClients(table, heads, place, keys);
        if (loaded === undefined) continue;
        return loaded;
      }
      const all = slices(keys, TRANSACTION_ITEMS_MAX - 1);
      const parts = await Promise.all(all.map((some) => getWithHead(table, space, some)));
      const [first, ...others] = parts.flatMap((part) => part.heads);
      if (first === undefined) return NOTHING;
      const head = await heads.settle(first);
      const isOneMoment = others.every((other) => other?.appends?.N === first.appends?.N);
      if (head === undefined || head.generation !== place.generation || !isOneMoment) continue;
      const loaded = await unpack(
        table,
        head,
        parts.flatMap(({ items }) => items),
      );
      if (loaded !== undefined) return loaded;
    }
    throw new StorageFailure('storage_failed', 'nothing', `${space} is written to too fast to be read.`);
  };
