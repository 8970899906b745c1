import type { ClientStore, StoreBatch, StoreRow, StoreTable } from '@tidemark/client';
import { canonicalJson, isJsonObject, type JsonObject } from '@tidemark/protocol';
import { type Context, die, type Life, mortal, strikes } from './context.ts';

const TABLES: readonly StoreTable[] = ['records', 'staged', 'outbox', 'parked', 'journal', 'meta'];
/** Writes that a power loss may still take back. */
const UNFLUSHED_MAX = 8;

type Rows = Map<string, string>;
/** A copy of a store. */
export type Image = ReadonlyMap<StoreTable, ReadonlyMap<string, string>>;
/** Rows as they were before a write; undefined where there was none. */
type Undo = readonly (readonly [StoreTable, string, string | undefined])[];

/** The local store of one device, shared by its tabs; it outlives their crashes. */
export interface Disk {
  /** `onDeath` is called where a failpoint kills the tab. */
  open(life: Life, onDeath: () => void): ClientStore;
  image(): Image;
  load(image: Image): void;
  /** Takes everything away, as an installation from scratch does. */
  wipe(): void;
  /** Takes back the newest `count` writes. */
  losePower(count: number): void;
  /** Does a mutation stand in the outbox, the parked list or the journal? */
  holds(mutationId: string): boolean;
  /** A row as it is stored. */
  rows(table: StoreTable): readonly JsonObject[];
  /** While it is full every write fails. */
  full: boolean;
}

export interface DiskWatch {
  /** A row that is about to be put, in place of another one or of none. */
  onPut(table: StoreTable, key: string, value: JsonObject, before: () => JsonObject | undefined): void;
  /** A row that is about to be deleted. */
  onDelete(table: StoreTable, key: string): void;
  /** The store is another one now: put back to an earlier copy, or emptied. */
  onLoad(): void;
}

const parse = (text: string): JsonObject => {
  const value: unknown = JSON.parse(text);
  if (!isJsonObject(value)) throw new Error('a stored row is no object');
  return value;
};

/** Is the stored row this value? Equal texts are the usual case; the order of keys does not matter. */
const holdsValue = (text: string | undefined, value: JsonObject | undefined): boolean => {
  if (text === undefined || value === undefined) return text === value;
  return text === JSON.stringify(value) || canonicalJson(parse(text)) === canonicalJson(value);
};

/** The tables, and the writes that are not safe from a power loss yet. */
const createTables = (from: Image | undefined, watch: DiskWatch, keepsUndo: boolean) => {
  const copyOf = (image: Image): Map<StoreTable, Rows> => new Map(TABLES.map((table) => [table, new Map(image.get(table))]));
  let tables = copyOf(from ?? new Map());
  let unflushed: Undo[] = [];
  const rows = (table: StoreTable): Rows => {
    const found = tables.get(table);
    if (found === undefined) throw new Error(`no table ${table}`);
    return found;
  };
  const undoOf = ({ clear = [], put = [], delete: gone = [] }: StoreBatch): Undo => [
    ...clear.flatMap((table) => [...rows(table)].map(([key, text]) => [table, key, text] as const)),
    ...[...put, ...gone].map(({ table, key }) => [table, key, rows(table).get(key)] as const),
  ];
  return {
    rows,
    image: () => copyOf(tables),
    load: (image: Image): void => {
      watch.onLoad();
      tables = copyOf(image);
      unflushed = [];
    },
    apply: (batch: StoreBatch): void => {
      if (keepsUndo) unflushed.push(undoOf(batch));
      if (unflushed.length > UNFLUSHED_MAX) unflushed.shift();
      for (const { table, key, value } of batch.put ?? []) {
        const before = batch.clear?.includes(table) ? undefined : rows(table).get(key);
        watch.onPut(table, key, value, () => (before === undefined ? undefined : parse(before)));
      }
      for (const table of batch.clear ?? []) rows(table).clear();
      for (const { table, key } of batch.delete ?? []) {
        watch.onDelete(table, key);
        rows(table).delete(key);
      }
      for (const { table, key, value } of batch.put ?? []) rows(table).set(key, JSON.stringify(value));
    },
    losePower: (count: number): void => {
      for (let i = 0; i < count; i += 1) {
        // What was written twice in one batch goes back to what was there first.
        for (const [table, key, text] of [...(unflushed.pop() ?? [])].reverse()) {
          if (text === undefined) rows(table).delete(key);
          else rows(table).set(key, text);
        }
      }
    },
  };
};

export const createDisk = (context: Context, name: string, watch: DiskWatch, from?: Image): Disk => {
  const tables = createTables(from, watch, context.profile.faults.powerLoss > 0);
  const { rows } = tables;
  const isMet = ({ check = [] }: StoreBatch): boolean => check.every(({ table, key, value }) => holdsValue(rows(table).get(key), value));
  const dice = context.streams(`disk ${name}`);
  const point = async (where: string, onDeath: () => void, life: Life): Promise<void> => {
    if (!strikes(context, 'clientPoint')) return;
    context.sometimes.hit(`client died ${where} a store write`);
    onDeath();
    await die(life);
  };
  const write = async (life: Life, onDeath: () => void, batch: StoreBatch): Promise<boolean> => {
    await mortal(life, context.loop.sleep(dice.next() * 4, `${life.name} writes`));
    await point('before', onDeath, life);
    if (disk.full || strikes(context, 'storeAbort')) {
      context.sometimes.hit(disk.full ? 'store write met a full disk' : 'store write aborted');
      throw new Error('QuotaExceededError');
    }
    const met = isMet(batch);
    if (met) tables.apply(batch);
    else context.sometimes.hit('store write lost the race to another tab');
    await point('after', onDeath, life);
    return met;
  };
  const all = (table: StoreTable): StoreRow[] => [...rows(table)].map(([key, text]) => ({ key, value: parse(text) }));
  const disk: Disk = {
    open: (life, onDeath) => ({
      durable: true,
      readAll: (table) => mortal(life, Promise.resolve(all(table))),
      read: async (table, key) => {
        const text = await mortal(life, Promise.resolve(rows(table).get(key)));
        return text === undefined ? undefined : parse(text);
      },
      write: (batch) => mortal(life, write(life, onDeath, batch)),
      close: async () => undefined,
    }),
    image: tables.image,
    load: tables.load,
    wipe: () => tables.load(new Map()),
    losePower: tables.losePower,
    holds: (mutationId) => (['outbox', 'parked', 'journal'] as const).some((table) => rows(table).has(mutationId)),
    rows: (table) => all(table).map(({ value }) => value),
    full: false,
  };
  return disk;
};
