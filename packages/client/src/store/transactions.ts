import type { ClientStore, StoreBatch } from './client-store.ts';
import {
  applyRows,
  emptyMirror,
  META_KEY,
  type Mirror,
  type Place,
  placeOf,
  type RowChanges,
  TABLE_NAMES,
  type TableName,
} from './mirror.ts';
import { targetOf } from './outbox-index.ts';
import { damaged, readRows } from './read-rows.ts';
import { isMeta, type Meta, type OutboxRow, toRow } from './rows.ts';

/** Rows named in meta for other sessions to re-read; with more, they read everything. */
const TOUCHED_MAX = 32;
/** Other sessions may win the race for the store this often in a row. */
const ATTEMPTS_MAX = 50;

/** What one transaction changes: tables emptied, then rows put or deleted. */
export interface Change {
  readonly clear?: readonly TableName[];
  readonly rows?: RowChanges;
  readonly meta?: Partial<Meta>;
}

/** What a transaction touched: keys of records whose view may differ now, or everything. */
export type Touched = ReadonlySet<string> | 'all';

export interface Transactions {
  readonly mirror: Mirror;
  /**
   * Plans on the present mirror and stores the plan, atomically and durably. Planned again where another session wrote
   * in between, so `plan` must be free of effects but its answer. Answers whether something was written; rejects, with
   * mirror and store as before, where the store cannot write.
   */
  run(plan: (mirror: Mirror) => Change | null): Promise<boolean>;
  /** Takes over what other sessions wrote. */
  refresh(): Promise<void>;
}

export interface TransactionOptions {
  readonly store: ClientStore;
  readonly fresh: () => Meta;
  readonly onTouched: (touched: Touched, own: boolean) => void;
  /** Throws where the stored state is of a newer code. */
  readonly admit: (meta: Meta) => void;
}

/** Opens the store's transactions; a fresh store gets its first state. */
export const openTransactions = async ({ store, fresh, onTouched, admit }: TransactionOptions): Promise<Transactions> => {
  const mirror = emptyMirror(fresh());
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const result = turn.then(task);
    turn = result.catch(() => undefined);
    return result;
  };
  const attempts = async (attempt: () => Promise<boolean | null>): Promise<boolean> => {
    for (let i = 0; i < ATTEMPTS_MAX; i += 1) {
      const answer = await attempt();
      if (answer !== null) return answer;
    }
    throw new Error('The local store is never at rest');
  };
  /** Reads between two looks at meta that agree, so that the rows belong together. False: nothing is new; null: read again. */
  const reread = async (): Promise<boolean | null> => {
    const stored = await store.read('meta', META_KEY);
    if (stored === undefined) {
      await store.write(toBatch(undefined, {}, fresh()));
      return null;
    }
    if (!isMeta(stored)) throw damaged(META_KEY);
    if (isSame(stored, mirror.meta)) return false;
    const change = await readRows(store, touchedSince(mirror.meta, stored));
    const after = await store.read('meta', META_KEY);
    if (!isMeta(after) || !isSame(after, stored)) return null;
    admit(stored);
    onTouched(applyChange(mirror, change, stored), false);
    return true;
  };
  const refresh = async (): Promise<void> => void (await attempts(reread));
  const run: Transactions['run'] = (plan) =>
    attempts(async () => {
      const change = plan(mirror);
      if (change === null) return false;
      const meta = nextMeta(mirror.meta, change);
      if (await store.write(toBatch(mirror.meta, change, meta))) {
        onTouched(applyChange(mirror, change, meta), true);
        return true;
      }
      await refresh();
      return null;
    });
  await refresh();
  return { mirror, run: (plan) => inTurn(() => run(plan)), refresh: () => inTurn(refresh) };
};

const isSame = (a: Meta, b: Meta): boolean => a.storeId === b.storeId && a.writes === b.writes;

/** The rows written between two states of one store; null where they are not known. */
const touchedSince = (known: Meta, stored: Meta): (readonly [TableName, string])[] | null =>
  known.storeId !== stored.storeId || known.writes > stored.writes || known.writes + 1 < stored.touchedFrom
    ? null
    : stored.touched.flatMap(([write, name, key]) => (write > known.writes ? [[name, key]] : []));

const nextMeta = (before: Meta, { clear = [], rows = {}, meta }: Change): Meta => {
  const writes = before.writes + 1;
  const isMany = clear.length > 0 || TABLE_NAMES.some((name) => (rows[name]?.size ?? 0) > TOUCHED_MAX);
  const fresh = isMany ? [] : TABLE_NAMES.flatMap((name) => [...(rows[name]?.keys() ?? [])].map((key) => [writes, name, key] as const));
  const all = [...before.touched, ...fresh];
  const isShort = !isMany && all.length <= TOUCHED_MAX;
  return {
    ...{ ...before, ...meta, writes },
    touched: isShort ? all : fresh,
    touchedFrom: isShort ? before.touchedFrom : writes + Number(isMany),
  };
};

/** `before` undefined: there is nothing stored yet. */
const toBatch = (before: Meta | undefined, { clear = [], rows = {} }: Change, meta: Meta): StoreBatch => {
  const place: Place = { table: 'meta', key: META_KEY };
  const put = [{ ...place, value: toRow(meta) }];
  const gone: Place[] = [];
  for (const name of TABLE_NAMES) {
    for (const [key, row] of rows[name] ?? []) {
      if (row === null) gone.push(placeOf(name, key));
      else put.push({ ...placeOf(name, key), value: toRow(row) });
    }
  }
  return {
    check: [{ ...place, value: before && toRow(before) }],
    put,
    delete: gone,
    clear: clear.map((name) => placeOf(name, '').table),
  };
};

const applyChange = (mirror: Mirror, { clear = [], rows = {} }: Change, meta: Meta): Touched => {
  const before = mirror.meta;
  const dirty = new Set(rows.records?.keys());
  const mark = (row: OutboxRow | undefined): void => {
    const key = targetOf(row);
    if (key !== undefined) dirty.add(key);
  };
  const emptied = clear.includes('outbox') ? mirror.outbox.keys() : [];
  for (const mutationId of new Set([...emptied, ...(rows.outbox?.keys() ?? [])])) {
    const [old, next] = [mirror.outbox.get(mutationId), rows.outbox?.get(mutationId) ?? undefined];
    mirror.outboxIndex.replace(old, next);
    mark(old);
    mark(next);
  }
  for (const name of clear) mirror[name].clear();
  for (const name of TABLE_NAMES) applyRows(mirror, name, rows[name]);
  mirror.meta = meta;
  // Edits whose mask has moved are shown from now on, or no more.
  const isOther = meta.clientId !== before.clientId || meta.epoch !== before.epoch;
  if (isOther || meta.ackedN !== before.ackedN) {
    for (const row of mirror.outbox.values()) {
      const { n } = row.mutation;
      if (isOther || n > before.ackedN !== n > meta.ackedN) mark(row);
    }
  }
  return clear.includes('records') ? 'all' : dirty;
};
