export { queryRecords } from './query-records.ts';

/**
 * The Storage port: compare-and-append over spaces. What an implementation must promise:
 *
 * - **Atomic append.** `append` stores all of a batch or none of it, and only if the space's `appends` counter is
 *   still `expectedAppends`; otherwise it answers `head_moved` and stores nothing. Of two concurrent appends with
 *   the same expectation exactly one wins, across processes too.
 * - **Durable append.** When `append` resolves `stored`, the batch survives kill -9 and power loss. When it throws
 *   StorageFailure with `outcome: 'nothing'`, nothing was stored; with 'unknown' the engine finds out by reading receipts.
 * - **Reads are current.** Every read sees every append that resolved before it began; never a replica, never an
 *   eventually consistent index. `load` may be torn by a concurrent append: that append moves `appends`, so a plan
 *   made from a torn load is refused. `load` therefore reads the space row first.
 * - **Log order.** `readLog` answers rows of one space in seq order without holes: what it omits at the end is only
 *   newer than what it answers.
 * - **Isolation.** Every key of every row begins with the space key. No call reads or writes another space.
 * - **JSON as text.** `fieldsJson` and `metaJson` come back byte for byte as they were given.
 *
 * An implementation knows nothing of merging, order or conflicts. The engine never asks which one it has; what
 * differs is in `capabilities`.
 */
export interface Storage {
  readonly capabilities: StorageCapabilities;
  /** The space row, or undefined where nothing was ever stored under this key. */
  readSpace(space: string): Promise<SpaceRow | undefined>;
  /** The space row, and of the wanted keys those that exist. Order of the answers is free. */
  load(space: string, wanted: LoadKeys): Promise<Loaded>;
  append(batch: Append): Promise<'stored' | 'head_moved'>;
  /**
   * Log rows with after < seq, ascending, at most `limit`; stops early (but after at least one) when `fieldsJson` adds up to
   * `bytesMax`.
   */
  readLog(space: string, range: { readonly after: number; readonly limit: number; readonly bytesMax: number }): Promise<LogRow[]>;
  /** One log row; the one at the floor may have a null `fieldsJson` (compacted); undefined if there is none. */
  readLogRow(space: string, seq: number): Promise<LogRow | undefined>;
  /** Of these log rows (each named once) those that are there, in any order; one that stands at the floor may have a null `fieldsJson`. */
  readLogRows(space: string, seqs: readonly number[]): Promise<LogRow[]>;
  /** The newest log row whose commit time is at or below `time`, or undefined. */
  findLogRowAt(space: string, time: number): Promise<LogRow | undefined>;
  /**
   * The change at `seq` and those its chain of prevSeq leads to, newest first, at most `limit`; ends where the log ends or was
   * compacted, or after the first row with seq <= until.
   */
  readHistory(space: string, from: { readonly seq: number; readonly limit: number; readonly until?: number }): Promise<LogRow[]>;
  /**
   * Record states in order of (collection, id), compared by Unicode code points, after the given key. Tombstones are left out
   * unless asked for.
   */
  readRecords(
    space: string,
    page: {
      readonly after?: RecordKey;
      readonly limit: number;
      readonly bytesMax: number;
      readonly collection?: string;
      readonly tombstones?: boolean;
    },
  ): Promise<RecordRow[]>;
  /** Live records that a declared index serves (see QueryPlan). Ordered and compared as protocol's compareIndexValues does. */
  query(space: string, plan: QueryPlan): Promise<FoundRecord[]>;
  /** Receipts in order of mutationId, compared by Unicode code points, after the given one. */
  readReceipts(space: string, page: { readonly after?: string; readonly limit: number }): Promise<ReceiptRow[]>;
  /** All clients of a space, in any order. */
  readClients(space: string): Promise<ClientRow[]>;
  /**
   * Writes name, revocation, last seen and cursor position outside of an append; never touches ackedN and firstSeenAt of
   * an existing client. Does nothing where there is no such space. A name of null leaves the name, and a revocation
   * stays: neither this nor an append (which leaves the name alone) takes it back, for both may be made from an older read.
   */
  putClient(space: string, client: ClientRow): Promise<void>;
  /**
   * Raises the floor: of the log rows with seq <= floor only what stood at the floor stays, that is of each record its newest such
   * row, and not even that where it is a delete. The row at the floor itself always keeps its `seq` and `hash` (with a null
   * `fieldsJson` where its fields went). Tombstones with seq <= floor go. Stores `space` (whose floor is set) under the
   * same compare as append. Receipts stay. So every state and every `was` from the floor on can still be told.
   */
  compact(batch: { readonly space: SpaceRow; readonly expectedAppends: number }): Promise<'stored' | 'head_moved'>;
  /** Removes log, records, receipts and clients of a space and stores the fresh row under the same compare as append. */
  erase(batch: { readonly space: SpaceRow; readonly expectedAppends: number }): Promise<'stored' | 'head_moved'>;
  /** Keys of all spaces of an app, or of all apps, ascending, after the given key. */
  listSpaces(page: { readonly app?: string; readonly after?: string; readonly limit: number }): Promise<string[]>;
  /** May be called twice. */
  close(): Promise<void>;
}

export interface StorageCapabilities {
  /** Changes one append may hold; the engine cuts pushes accordingly, never a group. */
  readonly appendChangesMax: number;
  /** Bytes of fieldsJson one append may hold. */
  readonly appendBytesMax: number;
  /** True where nothing that `load` answers is newer than the space row beside it, so that nobody needs to read the row once more. */
  readonly loadsTogether?: boolean;
}

/** Thrown by `append`, `compact`, `erase` and `putClient` when the machine fails. Reads throw it with outcome 'nothing'. */
export class StorageFailure extends Error {
  readonly code: 'storage_full' | 'storage_failed';
  readonly outcome: 'nothing' | 'unknown';
  constructor(code: StorageFailure['code'], outcome: StorageFailure['outcome'], message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.outcome = outcome;
  }
}

export interface RecordKey {
  readonly collection: string;
  readonly id: string;
}

export interface LoadKeys {
  readonly records: readonly RecordKey[];
  readonly receipts: readonly string[];
  readonly clients: readonly string[];
}

export interface Loaded {
  readonly space: SpaceRow | undefined;
  readonly records: readonly RecordRow[];
  readonly receipts: readonly ReceiptRow[];
  readonly clients: readonly ClientRow[];
}

/** The one row of a space; every append replaces it. */
export interface SpaceRow {
  /** `<app>/<owner>`; chosen by whoever knows the identity. */
  readonly key: string;
  readonly app: string;
  /** Random; new after an erasure. */
  readonly spaceId: string;
  /** Identity of the log's lineage. */
  readonly epoch: string;
  /** Head when the epoch began, or less: what stands above it was written after the restore that it began for. */
  readonly epochStart: number;
  /** Counts the appends, also those of refusals only. */
  readonly appends: number;
  readonly head: number;
  /** Chain hash at the head. */
  readonly hash: string;
  /** Log rows at or below are gone; 0 = complete. */
  readonly floor: number;
  /** Chain hash at the floor. */
  readonly floorHash: string;
  /** Commit time of the newest append, milliseconds. */
  readonly committedAt: number;
  readonly createdAt: number;
  /** Per collection [live records, high lane, low lane] of the digest. */
  readonly digest: { readonly [collection: string]: readonly [number, number, number] };
  /** spaceIds this key had before it was erased. */
  readonly erased: readonly string[];
}

/** One change in the log. */
export interface LogRow {
  readonly seq: number;
  readonly collection: string;
  readonly id: string;
  readonly revision: number;
  /** Seq of the change of this record before this one; 0 = none. */
  readonly prevSeq: number;
  /** Commit time, milliseconds. */
  readonly updatedAt: number;
  readonly schemaVersion: number;
  readonly deleted: boolean;
  /** Canonical JSON of the record's fields after this change; for a delete, of the fields it had. Null when compacted. */
  readonly fieldsJson: string | null;
  readonly mutationId: string;
  readonly clientId: string;
  /** The client's clock. */
  readonly at: number;
  /** Chain hash including this row. */
  readonly hash: string;
}

/** The newest state of a record. */
export interface RecordRow {
  readonly collection: string;
  readonly id: string;
  readonly seq: number;
  readonly revision: number;
  readonly updatedAt: number;
  readonly schemaVersion: number;
  readonly deleted: boolean;
  /** Canonical JSON; of a tombstone, the fields it had when it was deleted. */
  readonly fieldsJson: string;
  /** Who wrote which field when, and the open conflicts: the planner's, opaque to storages. */
  readonly metaJson: string;
}

/** The stored answer to a mutation. Lives as long as the space. */
export interface ReceiptRow {
  readonly mutationId: string;
  /** Hash of the mutation's canonical content as sent; '' for one that was voided unseen. */
  readonly hash: string;
  readonly verdict: 'applied' | 'merged' | 'conflict' | 'rejected';
  readonly seq: number;
  readonly revision: number;
  readonly collection: string;
  readonly id: string;
  /** JSON of what only some receipts have: conflictIds, code, message, details. */
  readonly extraJson: string | null;
}

export interface ClientRow {
  readonly clientId: string;
  /** The greatest n that has a receipt. */
  readonly ackedN: number;
  /** Position it was last known to have reached. */
  readonly seq: number;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  readonly revoked: boolean;
  readonly name: string | null;
}

/**
 * All of it is stored, or none. Each record, receipt and client stands in it once. Changes follow the head, in order and without a
 * hole; but those of a space that comes from elsewhere, as far as they lie at or below its floor, may have the holes that compaction
 * leaves. A record state that is new has its change in
 * `changes`, which says the same of it and names the state before it as prevSeq: a storage may derive its indexes from the log, and
 * a record's fields from its change.
 */
export interface Append {
  readonly expectedAppends: number;
  /** The new space row; `appends` is expectedAppends + 1. expectedAppends 0 creates the space. */
  readonly space: SpaceRow;
  readonly changes: readonly LogRow[];
  readonly records: readonly RecordRow[];
  readonly receipts: readonly ReceiptRow[];
  readonly clients: readonly ClientRow[];
}

/** A record that a query found: without what only the planner wants of it. */
export type FoundRecord = Omit<RecordRow, 'metaJson'>;

/** A query over the live records of one collection, already checked against the declared indexes. */
export interface QueryPlan {
  readonly collection: string;
  /** The declared index (list of fields) that serves it; [] = by id. */
  readonly index: readonly string[];
  /** Values of the first fields of the index. */
  readonly equals: readonly IndexValue[];
  /** Bounds on what follows those: a field of the index, or the id, which follows the fields of every index. */
  readonly range?: { readonly gt?: IndexValue; readonly gte?: IndexValue; readonly lt?: IndexValue; readonly lte?: IndexValue };
  readonly direction: 'asc' | 'desc';
  /** Folded words (protocol's searchWords); each must be the beginning of a word in one of `searchFields`. */
  readonly words?: readonly string[];
  readonly searchFields?: readonly string[];
  /** Key of the last record of the previous page: its values of all index fields, then its id. */
  readonly after?: { readonly values: readonly IndexValue[]; readonly id: string };
  readonly limit: number;
}
/**
 * What an index holds: absent and null are one, objects and arrays are not indexed. Order: null < false < true < numbers <
 * strings by code point.
 */
export type IndexValue = null | boolean | number | string;
