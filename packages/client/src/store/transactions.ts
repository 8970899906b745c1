import { isJsonObject, type JsonObject } from '@tidemark/protocol';
import type { ClientStore, StoreBatch, StoreTable } from './client-store.ts';
import { LAYOUT, META_KEY, type Mirror, type Rows, readMirror, setOutboxRow } from './mirror.ts';
import { isMeta, type Meta, toRow } from './rows.ts';

/** Rows named in meta for other sessions to re-read; with more, they read everything. */
const TOUCHED_MAX = 32;
/** Other sessions may win the race for the store this often in a row. */
const ATTEMPTS_MAX = 50;

/** What one transaction changes: tables emptied, then rows put (a value) or deleted (null). */
export interface Change {
  readonly clear?: readonly (keyof Rows)[];
  readonly rows?: { readonly [T in keyof Rows]?: ReadonlyMap<string, (Rows[T] extends Map<string, infer V> ? V : never) | null> };
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
export const openTransactions = async (options: TransactionOptions): Promise<Transactions> => {
  const { store, onTouched, admit } = options;
  const mirror = await readOrCreate(options);
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const result = turn.then(task);
    turn = result.catch(() => undefined);
    return result;
  };
  const refresh = async (): Promise<void> => {
    const stored = await store.read('meta', META_KEY);
    if (isMeta(stored) && stored.clientId === mirror.meta.clientId && stored.writes === mirror.meta.writes) return;
    const { meta } = mirror;
    if (
      isMeta(stored) &&
      stored.writes > meta.writes &&
      meta.writes + 1 >= stored.touchedFrom &&
      (await rereadTouched(store, mirror, stored))
    ) {
      admit(mirror.meta);
    } else {
      const next = await readOrCreate(options);
      Object.assign(mirror, next);
    }
    onTouched('all', false);
  };
  const attempt = async (plan: (mirror: Mirror) => Change | null): Promise<boolean> => {
    for (let i = 0; i < ATTEMPTS_MAX; i += 1) {
      const change = plan(mirror);
      if (change === null) return false;
      const { batch, meta } = toBatch(mirror.meta, change);
      if (await store.write(batch)) {
        onTouched(applyChange(mirror, change, meta), true);
        return true;
      }
      await refresh();
    }
    throw new Error('Other tabs write to the local store without a pause');
  };
  return { mirror, run: (plan) => inTurn(() => attempt(plan)), refresh: () => inTurn(refresh) };
};

const readOrCreate = async ({ store, fresh, admit }: TransactionOptions): Promise<Mirror> => {
  const found = await readMirror(store);
  if (found !== null) {
    admit(found.meta);
    return found;
  }
  await store.write({
    check: [{ table: 'meta', key: META_KEY, value: undefined }],
    put: [{ table: 'meta', key: META_KEY, value: toRow(fresh()) }],
  });
  const created = await readMirror(store);
  if (created === null) throw new Error('The local store does not keep what is written to it');
  return created;
};

const tableNames = (): (keyof Rows)[] => ['records', 'staged', 'outbox', 'parked', 'journal', 'kept'];

const toBatch = (before: Meta, change: Change): { readonly batch: StoreBatch; readonly meta: Meta } => {
  const put: { table: StoreTable; key: string; value: JsonObject }[] = [];
  const gone: { table: StoreTable; key: string }[] = [];
  const writes = before.writes + 1;
  const touched: [number, string, string][] = [];
  for (const name of tableNames()) {
    const { table, prefix } = LAYOUT[name];
    for (const [key, value] of change.rows?.[name] ?? []) {
      if (value === null) gone.push({ table, key: prefix + key });
      else put.push({ table, key: prefix + key, value: toRow(value) });
      touched.push([writes, name, key]);
    }
  }
  const many = touched.length > TOUCHED_MAX || (change.clear?.length ?? 0) > 0;
  const log = many ? [] : [...before.touched, ...touched];
  const cut = log.slice(-TOUCHED_MAX);
  const firstKept = cut.length < log.length ? (cut[0]?.[0] ?? writes) + 1 : before.touchedFrom;
  const meta: Meta = {
    ...before,
    ...change.meta,
    writes,
    touched: cut.filter(([write]) => write >= firstKept),
    touchedFrom: many ? writes + 1 : firstKept,
  };
  put.push({ table: 'meta', key: META_KEY, value: toRow(meta) });
  const check = [{ table: 'meta' as const, key: META_KEY, value: toRow(before) }];
  return { batch: { check, put, delete: gone, clear: change.clear?.map((name) => LAYOUT[name].table) ?? [] }, meta };
};

const applyRows = <V>(map: Map<string, V>, rows: ReadonlyMap<string, V | null> | undefined): void => {
  for (const [key, value] of rows ?? []) {
    if (value === null) map.delete(key);
    else map.set(key, value);
  }
};

const applyChange = (mirror: Mirror, change: Change, meta: Meta): Touched => {
  const dirty = new Set<string>();
  const masksMoved = meta.ackedN !== mirror.meta.ackedN || meta.clientId !== mirror.meta.clientId || meta.epoch !== mirror.meta.epoch;
  const target = (mutationId: string): void => {
    const mutation = mirror.outbox.get(mutationId)?.mutation;
    if (mutation !== undefined && mutation.op !== 'void') dirty.add(`${mutation.collection}/${mutation.id}`);
  };
  const outboxIds = masksMoved ? [...mirror.outbox.keys()] : [];
  for (const key of change.rows?.outbox?.keys() ?? []) outboxIds.push(key);
  for (const id of outboxIds) target(id);
  for (const name of change.clear ?? []) {
    mirror[name].clear();
    if (name === 'outbox') mirror.outboxIndex.clear();
  }
  const rows = change.rows ?? {};
  applyRows(mirror.records, rows.records);
  applyRows(mirror.staged, rows.staged);
  for (const [mutationId, row] of rows.outbox ?? []) setOutboxRow(mirror, mutationId, row);
  applyRows(mirror.parked, rows.parked);
  applyRows(mirror.journal, rows.journal);
  applyRows(mirror.kept, rows.kept);
  mirror.meta = meta;
  for (const id of outboxIds) target(id);
  for (const key of rows.records?.keys() ?? []) dirty.add(key);
  return change.clear?.includes('records') ? 'all' : dirty;
};

/** Reads only the rows that meta names. False where yet another write came in between. */
const rereadTouched = async (store: ClientStore, mirror: Mirror, stored: Meta): Promise<boolean> => {
  const fresh = stored.touched.filter(([write]) => write > mirror.meta.writes);
  const read = async ([, name, key]: readonly [number, string, string]) => {
    const layout = tableNames().find((known) => known === name);
    if (layout === undefined) return null;
    return { name: layout, key, value: await store.read(LAYOUT[layout].table, LAYOUT[layout].prefix + key) };
  };
  const rows = await Promise.all(fresh.map(read));
  const after = await store.read('meta', META_KEY);
  if (!isJsonObject(after) || after.writes !== stored.writes || rows.includes(null)) return false;
  for (const row of rows) if (row !== null) takeRow(mirror, row.name, row.key, row.value);
  mirror.meta = stored;
  return true;
};

const takeRow = (mirror: Mirror, name: keyof Rows, key: string, value: JsonObject | undefined): void => {
  const checked = <V>(is: (row: unknown) => row is V): V | null => {
    if (value === undefined) return null;
    if (is(value)) return value;
    throw new Error(`The local store is damaged at ${key}`);
  };
  const put = <V>(map: Map<string, V>, is: (row: unknown) => row is V): void => applyRows(map, new Map([[key, checked(is)]]));
  if (name === 'outbox') setOutboxRow(mirror, key, checked(LAYOUT.outbox.is));
  else if (name === 'parked') put(mirror.parked, LAYOUT.parked.is);
  else if (name === 'journal') put(mirror.journal, LAYOUT.journal.is);
  else put(mirror[name], LAYOUT[name].is);
};
