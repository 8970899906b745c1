import { compareStrings, utf8Length } from '@tidemark/protocol';
import { queryRecords } from './query-records.ts';
import type { Append, ClientRow, LogRow, ReceiptRow, RecordKey, RecordRow, SpaceRow, Storage } from './storage.ts';

/** Everything of one space. Maps of records go by recordKey, `order` is their sorted keys or undefined where keys came or went. */
interface Space {
  row: SpaceRow;
  /** What compaction left of the log up to the floor, by seq, ascending. */
  kept: ReadonlyMap<number, LogRow>;
  /** The log above the floor, in seq order without holes. */
  log: LogRow[];
  readonly records: Map<string, RecordRow>;
  order: readonly string[] | undefined;
  readonly receipts: Map<string, ReceiptRow>;
  readonly clients: Map<string, ClientRow>;
}

// Neither part may hold U+0000, so the joined keys sort as the pairs do.
const recordKey = (key: RecordKey) => `${key.collection}\u0000${key.id}`;

const freshSpace = (row: SpaceRow): Space => ({
  row,
  kept: new Map(),
  log: [],
  records: new Map(),
  order: undefined,
  receipts: new Map(),
  clients: new Map(),
});

/** Those of `keys` that the map has. */
const pick = <T>(map: ReadonlyMap<string, T>, keys: readonly string[]): T[] =>
  keys.map((key) => map.get(key)).filter((row) => row !== undefined);

/** Takes rows until `limit` is reached or their fields add up to `bytesMax`, but at least one. */
const takePage = <T extends { readonly fieldsJson: string | null }>(rows: Iterable<T>, limit: number, bytesMax: number): T[] => {
  const page: T[] = [];
  let bytes = 0;
  for (const row of rows) {
    if (page.length >= limit) break;
    bytes += utf8Length(row.fieldsJson ?? '');
    if (page.length > 0 && bytes > bytesMax) break;
    page.push(row);
  }
  return page;
};

const rowAt = (space: Space | undefined, seq: number): LogRow | undefined =>
  space === undefined || seq <= space.row.floor ? space?.kept.get(seq) : space.log[seq - space.row.floor - 1];

const allRows = (space: Space): LogRow[] => [...space.kept.values(), ...space.log];

const upsertClient = (clients: Map<string, ClientRow>, client: ClientRow, ackedN: (old: ClientRow) => number, nameWins: boolean) => {
  const old = clients.get(client.clientId);
  if (old === undefined) return void clients.set(client.clientId, client);
  const name = nameWins ? (client.name ?? old.name) : old.name;
  const revoked = client.revoked || old.revoked;
  clients.set(client.clientId, { ...client, ackedN: ackedN(old), firstSeenAt: old.firstSeenAt, revoked, name });
};

const applyAppend = (space: Space, batch: Append): void => {
  space.row = batch.space;
  const { floor } = batch.space;
  const below = batch.changes.filter(({ seq }) => seq <= floor);
  if (below.length > 0) space.kept = new Map([...space.kept, ...below.map((change) => [change.seq, change] as const)]);
  for (const change of batch.changes) if (change.seq > floor) space.log.push(change);
  for (const record of batch.records) {
    const key = recordKey(record);
    if (!space.records.has(key)) space.order = undefined;
    space.records.set(key, record);
  }
  for (const receipt of batch.receipts) space.receipts.set(receipt.mutationId, receipt);
  for (const client of batch.clients) upsertClient(space.clients, client, () => client.ackedN, false);
};

const applyCompact = (space: Space, row: SpaceRow): void => {
  const old = allRows(space).filter((change) => change.seq <= row.floor);
  const newest = new Map(old.map((change) => [recordKey(change), change]));
  const stays = (change: LogRow) => !change.deleted && newest.get(recordKey(change)) === change;
  space.log = space.log.filter((change) => change.seq > row.floor);
  space.kept = new Map(
    old
      .filter((change) => stays(change) || change.seq === row.floor)
      .map((change) => [change.seq, stays(change) ? change : { ...change, fieldsJson: null }]),
  );
  space.row = row;
  for (const [key, record] of space.records) if (record.deleted && record.seq <= row.floor) space.records.delete(key);
  space.order = undefined;
};

/** Live record keys in order, found anew only after keys came or went. */
const sortedKeys = (space: Space): readonly string[] => {
  space.order ??= [...space.records.keys()].sort(compareStrings);
  return space.order;
};

/** Index of the first key above `key`. */
const firstAbove = (keys: readonly string[], key: string): number => {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareStrings(keys[middle] ?? '', key) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
};

function* recordsAfter(space: Space, page: Parameters<Storage['readRecords']>[1]): Generator<RecordRow> {
  const keys = sortedKeys(space);
  const collectionStart = page.collection === undefined ? '' : `${page.collection}\u0000`;
  const after = page.after === undefined ? '' : recordKey(page.after);
  const start = compareStrings(after, collectionStart) > 0 ? after : collectionStart;
  for (let i = firstAbove(keys, start); i < keys.length; i++) {
    const record = space.records.get(keys[i] ?? '');
    if (record === undefined) continue;
    if (page.collection !== undefined && record.collection !== page.collection) return;
    if (!record.deleted || page.tombstones === true) yield record;
  }
}

function* logAfter(space: Space, after: number): Generator<LogRow> {
  for (const row of space.kept.values()) if (row.seq > after) yield row;
  const { log, row } = space;
  yield* log.slice(Math.max(after - row.floor, 0));
}

function* historyFrom(space: Space, seq: number, until: number): Generator<LogRow> {
  for (let row = rowAt(space, seq); row !== undefined && row.fieldsJson !== null; row = rowAt(space, row.prevSeq)) {
    yield row;
    if (row.seq <= until) return;
  }
}

/**
 * A storage in the memory of this process: the readable reference of the port, and the simulator's storage. Each call
 * does its work in one turn of the loop, which makes it atomic and every read current. Nothing outlives the process.
 */
export const createMemoryStorage = (): Storage => {
  const spaces = new Map<string, Space>();
  /** Runs `change` if the space's counter is as expected. */
  const compareAndSet = (row: SpaceRow, expectedAppends: number, change: (space: Space) => void): 'stored' | 'head_moved' => {
    const space = spaces.get(row.key);
    if ((space?.row.appends ?? 0) !== expectedAppends) return 'head_moved';
    const changed = space ?? freshSpace(row);
    change(changed);
    spaces.set(row.key, changed);
    return 'stored';
  };
  return {
    capabilities: { appendChangesMax: Number.MAX_SAFE_INTEGER, appendBytesMax: Number.MAX_SAFE_INTEGER },
    readSpace: async (key) => spaces.get(key)?.row,
    load: async (key, wanted) => {
      const space = spaces.get(key);
      if (space === undefined) return { space: undefined, records: [], receipts: [], clients: [] };
      return {
        space: space.row,
        records: pick(space.records, wanted.records.map(recordKey)),
        receipts: pick(space.receipts, wanted.receipts),
        clients: pick(space.clients, wanted.clients),
      };
    },
    append: async (batch) => compareAndSet(batch.space, batch.expectedAppends, (space) => applyAppend(space, batch)),
    readLog: async (key, { after, limit, bytesMax }) => {
      const space = spaces.get(key);
      return space === undefined ? [] : takePage(logAfter(space, after), limit, bytesMax);
    },
    readLogRow: async (key, seq) => rowAt(spaces.get(key), seq),
    readLogRows: async (key, seqs) => seqs.map((seq) => rowAt(spaces.get(key), seq)).filter((row) => row !== undefined),
    findLogRowAt: async (key, time) => {
      const space = spaces.get(key);
      return space && allRows(space).findLast((row) => row.updatedAt <= time);
    },
    readHistory: async (key, { seq, limit, until }) => {
      const space = spaces.get(key);
      return space === undefined ? [] : takePage(historyFrom(space, seq, until ?? 0), limit, Number.POSITIVE_INFINITY);
    },
    readRecords: async (key, page) => {
      const space = spaces.get(key);
      return space === undefined ? [] : takePage(recordsAfter(space, page), page.limit, page.bytesMax);
    },
    query: async (key, plan) => queryRecords(spaces.get(key)?.records.values() ?? [], plan),
    readReceipts: async (key, { after, limit }) =>
      [...(spaces.get(key)?.receipts.values() ?? [])]
        .filter(({ mutationId }) => after === undefined || compareStrings(mutationId, after) > 0)
        .sort((a, b) => compareStrings(a.mutationId, b.mutationId))
        .slice(0, limit),
    readClients: async (key) => [...(spaces.get(key)?.clients.values() ?? [])],
    putClient: async (key, client) => {
      const space = spaces.get(key);
      if (space !== undefined) upsertClient(space.clients, client, (old) => old.ackedN, true);
    },
    compact: async ({ space: row, expectedAppends }) => compareAndSet(row, expectedAppends, (space) => applyCompact(space, row)),
    erase: async ({ space: row, expectedAppends }) =>
      compareAndSet(row, expectedAppends, (space) => {
        Object.assign(space, freshSpace(row));
      }),
    listSpaces: async ({ app, after, limit }) =>
      [...spaces.values()]
        .filter((space) => app === undefined || space.row.app === app)
        .map((space) => space.row.key)
        .sort(compareStrings)
        .filter((key) => after === undefined || compareStrings(key, after) > 0)
        .slice(0, limit),
    close: async () => {},
  };
};
