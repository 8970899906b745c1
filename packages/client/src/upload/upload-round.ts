import { isJsonObject, type JsonObject } from '@tidemark/protocol';
import { type Calls, failure, meaningOf } from '../sync/calls.ts';
import { endless, type RoundEnd, STALE, type Trouble, toTrouble } from '../sync/round.ts';
import type { KeptRecords, KeptRow } from './kept-records.ts';
import { type Lost, type UploadKind, type Versioned, versionOf } from './kind.ts';

/** Records of one request. */
const BATCH = 25;
const PAGE = 500;
/** Conflict, merge, and once more: within one round only so often. */
const PASSES_MAX = 5;

export interface RoundTools<T extends Versioned> {
  readonly kind: UploadKind<T>;
  readonly kept: KeptRecords<T>;
  readonly calls: Calls;
  /** False once nobody waits for this round: then nothing more is sent. */
  readonly isCurrent: () => boolean;
}

interface Uploaded {
  readonly results: readonly JsonObject[];
}
const isUploaded = (value: unknown): value is Uploaded =>
  isJsonObject(value) && Array.isArray(value.results) && value.results.every(isJsonObject);

interface Downloaded<T> {
  readonly records: readonly T[];
  readonly deleted: readonly string[];
  readonly nextCursor: string | undefined;
  readonly serverTime: number;
}

/** Undefined where a part of the answer, or any record in it, cannot be read. */
const readDownloaded = <T extends Versioned>({ read, list }: UploadKind<T>, body: JsonObject): Downloaded<T> | undefined => {
  const { deleted, nextCursor, serverTime, [list]: values } = body;
  if (!Array.isArray(values) || !Array.isArray(deleted) || typeof serverTime !== 'number') return undefined;
  if (nextCursor !== undefined && typeof nextCursor !== 'string') return undefined;
  const records: T[] = [];
  for (const value of values) {
    const record = read(value, Number.MAX_SAFE_INTEGER);
    if (!record.ok) return undefined;
    records.push(record.value);
  }
  return { records, deleted: deleted.map(String), nextCursor, serverTime };
};

const isDirty = <T extends Versioned>({ isSame }: UploadKind<T>, { record, base }: KeptRow<T>): boolean =>
  record !== null && (base === null || !isSame(record, base));

/** Has this record a write that is to be uploaded? */
const isDue = <T extends Versioned>(kind: UploadKind<T>, row: KeptRow<T>): boolean =>
  row.sent !== undefined || (row.refused === undefined && isDirty(kind, row));

/** Has this record a write that the server has not acknowledged? */
export const isPending = <T extends Versioned>(kind: UploadKind<T>, row: KeptRow<T>): boolean => row.record === null || isDue(kind, row);

type Holder<T extends Versioned> = Pick<RoundTools<T>, 'kind' | 'kept'>;

const keepLost = <T extends Versioned>(
  { kept }: Holder<T>,
  id: string,
  of: string,
  lost: readonly Lost[],
  sideOf: (side: Lost['side']) => T,
): void => {
  // The same names when it is done again, because the process died before the row was written.
  for (const { field, side } of lost) kept.addDropped({ conflictId: `${id}:${of}:${field}`, id, field, side, record: sideOf(side) });
};

/**
 * Takes the server's copy in. A copy that is no newer than the one we know shows a server that was set back: then nothing
 * counts as removed.
 */
const adopt = <T extends Versioned>(holder: Holder<T>, row: KeptRow<T>, theirs: T): void => {
  const { kind, kept } = holder;
  const { record: mine, base } = row;
  if (mine === null) {
    kept.setRow(theirs.id, { record: null, base: theirs });
    return;
  }
  const { record, lost } = kind.merge(versionOf(theirs) > versionOf(base) ? base : null, mine, theirs);
  keepLost(holder, theirs.id, String(versionOf(theirs)), lost, (side) => (side === 'mine' ? mine : theirs));
  kept.setRow(theirs.id, { record: kind.isSame(record, theirs) ? theirs : record, base: theirs });
};

/** Deleted elsewhere: what was edited here is kept aside. */
const letGo = <T extends Versioned>(holder: Holder<T>, id: string, row: KeptRow<T>): void => {
  const { record } = row;
  if (record !== null && (isDirty(holder.kind, row) || row.sent !== undefined)) {
    keepLost(holder, id, `deleted:${versionOf(row.base)}`, [{ field: '*', side: 'mine' }], () => record);
  }
  holder.kept.setRow(id, null);
};

/**
 * Writes down what became of one of the records of a request. An answer may come late, from a round that was given up: it only
 * counts where just that record still waits for one.
 */
const settle = <T extends Versioned>(holder: Holder<T>, records: readonly T[], result: JsonObject): void => {
  const { kind, kept } = holder;
  const asked = records.find(({ id }) => id === result.id);
  const row = asked && kept.row(asked.id);
  if (asked === undefined || row?.sent === undefined || JSON.stringify(row.sent) !== JSON.stringify(asked)) return;
  const { id } = asked;
  const { sent, record, base } = row;
  const isAsSent = record !== null && kind.isSame(record, sent);
  if (result.ok === true) {
    const { version, updatedAt } = result;
    const now = { ...sent, version: Number(version ?? sent.version), updatedAt: Number(updatedAt ?? sent.updatedAt) };
    // What was written meanwhile was written on this, so it is later than this.
    const later = record === null ? null : { ...record, updatedAt: Math.max(record.updatedAt, now.updatedAt + 1) };
    kept.setRow(id, { record: isAsSent ? now : later, base: now });
  } else if (result.conflict === true && result.server === null) letGo(holder, id, row);
  else if (result.conflict === true) {
    const theirs = kind.read(result.server, Number.MAX_SAFE_INTEGER);
    if (theirs.ok) adopt(holder, row, theirs.value);
  } else if (isJsonObject(result.error)) {
    const { code, message } = result.error;
    kept.setRow(id, { record, base, ...(isAsSent ? { refused: { code: String(code), message: String(message) } } : {}) });
  }
};

const toSend = <T extends Versioned>({ record, base, sent }: KeptRow<T>): T | undefined =>
  sent ?? (record === null ? undefined : { ...record, version: base === null ? versionOf(record) : versionOf(base) + 1 });

/** Sends some records. Where the server refuses a whole request, each goes alone, so that one cannot hold up the others. */
const send = async <T extends Versioned>(tools: RoundTools<T>, ids: readonly string[]): Promise<Trouble> => {
  const { kind, kept, calls, isCurrent } = tools;
  if (!isCurrent()) return STALE;
  const records: T[] = [];
  for (const id of ids) {
    const row = kept.row(id);
    const sent = row && toSend(row);
    if (row === undefined || sent === undefined) continue;
    if (row.sent === undefined) kept.setRow(id, { ...row, sent });
    records.push(sent);
  }
  if (records.length === 0) return null;
  const answer = await calls.ask('/sync/upload', isUploaded, { [kind.list]: records, lastSyncAt: kept.place().since ?? 0 });
  if (answer.ok) {
    for (const result of answer.value.results) settle(tools, records, result);
    return null;
  }
  if (meaningOf(answer) !== 'blame') return toTrouble(answer);
  if (ids.length === 1) {
    const { code, message } = answer.error;
    settle(tools, records, { id: ids[0] ?? '', error: { code, message } });
    return null;
  }
  for (const id of ids) {
    const trouble = await send(tools, [id]);
    if (trouble !== null) return trouble;
  }
  return null;
};

const uploadAll = async <T extends Versioned>(tools: RoundTools<T>): Promise<Trouble> => {
  for (let pass = 0; pass < PASSES_MAX; pass += 1) {
    const due = tools.kept.rows().flatMap(([id, row]) => (isDue(tools.kind, row) ? [id] : []));
    if (due.length === 0) return null;
    for (let first = 0; first < due.length; first += BATCH) {
      const trouble = await send(tools, due.slice(first, first + BATCH));
      if (trouble !== null) return trouble;
    }
  }
  return endless();
};

const deleteAll = async <T extends Versioned>({ kind, kept, calls, isCurrent }: RoundTools<T>): Promise<Trouble> => {
  const gone = kept.rows().flatMap(([id, row]) => (row.record === null ? [id] : []));
  for (let first = 0; first < gone.length; first += BATCH) {
    if (!isCurrent()) return STALE;
    const ids = gone.slice(first, first + BATCH);
    const answer = await calls.ask(`/${kind.list}/delete`, isJsonObject, { ids });
    if (!answer.ok) return toTrouble(answer);
    for (const id of ids) if (kept.row(id)?.record === null) kept.setRow(id, null);
  }
  return null;
};

const take = <T extends Versioned>(holder: Holder<T>, theirs: T): void => {
  const row = holder.kept.row(theirs.id);
  if (row === undefined) holder.kept.setRow(theirs.id, { record: theirs, base: theirs });
  // What was sent and not answered will be, with the server's newest copy.
  else if (row.sent === undefined && versionOf(theirs) > versionOf(row.base)) adopt(holder, row, theirs);
};

/** Downloads page by page; a page is written down before its place is, so that a stop half way misses nothing. */
const download = async <T extends Versioned>(tools: RoundTools<T>): Promise<Trouble> => {
  const { kind, kept, calls, isCurrent } = tools;
  for (;;) {
    if (!isCurrent()) return STALE;
    const { since, cursor } = kept.place();
    const more = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const answer = await calls.ask(`/sync/download?since=${since ?? 0}&limit=${PAGE}${more}`, isJsonObject);
    if (!answer.ok) {
      if (cursor === undefined || meaningOf(answer) !== 'blame') return toTrouble(answer);
      kept.setPlace({ since });
      continue;
    }
    // Another round may have got further meanwhile.
    if (!isCurrent()) return STALE;
    const page = readDownloaded(kind, answer.value);
    if (page === undefined)
      return toTrouble(failure(503, 'UNAVAILABLE', "The server's download cannot be read by this version of the app"));
    for (const record of page.records) take(tools, record);
    for (const id of page.deleted) {
      const row = kept.row(id);
      if (row !== undefined) letGo(tools, id, row);
    }
    if (page.nextCursor === undefined) {
      kept.setPlace({ since: page.serverTime });
      return null;
    }
    if (page.nextCursor === cursor) return endless();
    kept.setPlace({ since, cursor: page.nextCursor });
  }
};

/** Brings both sides together: what the server has (first of all where nothing was ever downloaded), then what was written here. */
export const runUploadRound = async <T extends Versioned>(tools: RoundTools<T>): Promise<RoundEnd> => {
  const steps = [...(tools.kept.place().since === null ? [download] : []), uploadAll, deleteAll, download];
  for (const step of steps) {
    const trouble = await step(tools);
    if (trouble !== null) return trouble;
  }
  return { kind: 'done' };
};
