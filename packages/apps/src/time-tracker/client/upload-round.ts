import { type Calls, endless, meaningOf, type RoundEnd, STALE, toTrouble } from '@tidemark/client/sync';
import { isJsonObject, type Json, type JsonObject } from '@tidemark/protocol';
import type { Task } from '../schema.ts';
import { taskFromStored } from '../stored-task.ts';
import type { DroppedEdit, KeptTasks, TaskRow } from './kept-tasks.ts';
import { isSameTask, mergeTask, versionOf } from './merge-task.ts';

/** Tasks of one request, as the contract has it. */
const BATCH = 25;
const PAGE = 500;
/** Conflict, merge, and once more: within one round only so often. */
const PASSES_MAX = 5;

export interface RoundTools {
  readonly kept: KeptTasks;
  readonly calls: Calls;
  /** False once nobody waits for this round: then nothing more is sent. */
  readonly isCurrent: () => boolean;
}

/** What stopped a step; null: nothing. */
type Trouble = RoundEnd | null;

interface Uploaded {
  readonly results: readonly JsonObject[];
}
const isUploaded = (value: unknown): value is Uploaded =>
  isJsonObject(value) && Array.isArray(value.results) && value.results.every(isJsonObject);

interface Downloaded {
  readonly tasks: readonly Json[];
  readonly deleted: readonly string[];
  readonly nextCursor?: string;
  readonly serverTime: number;
}
const isDownloaded = (value: unknown): value is Downloaded =>
  isJsonObject(value) &&
  Array.isArray(value.tasks) &&
  value.tasks.every((one) => readTask(one) !== undefined) &&
  Array.isArray(value.deleted) &&
  value.deleted.every((id) => typeof id === 'string') &&
  ['string', 'undefined'].includes(typeof value.nextCursor) &&
  typeof value.serverTime === 'number';

const readTask = (value: unknown): Task | undefined => {
  const read = taskFromStored(value, Number.MAX_SAFE_INTEGER);
  return read.ok ? { id: read.value.id, ...read.value.fields } : undefined;
};

const isDirty = ({ task, base }: TaskRow): boolean => task !== null && (base === null || !isSameTask(task, base));
const isDue = (row: TaskRow): boolean => row.sent !== undefined || (row.refused === undefined && isDirty(row));

/** Writes waiting to be sent. */
export const pendingOf = (rows: ReturnType<KeptTasks['rows']>): number => rows.filter(([, row]) => row.task === null || isDue(row)).length;

const keepLost = (kept: KeptTasks, id: string, of: string, lost: readonly Omit<DroppedEdit, 'conflictId' | 'id'>[]): void => {
  // The same names when it is done again, because the process died before the row was written.
  for (const edit of lost) kept.addDropped({ conflictId: `${id}:${of}:${edit.field}`, id, ...edit });
};

/**
 * Takes the server's copy in. A copy that is no newer than the one we know shows a server that was set back: then nothing
 * counts as removed.
 */
const adopt = (kept: KeptTasks, row: TaskRow, theirs: Task): void => {
  const { task, base } = row;
  if (task === null) {
    kept.setRow(theirs.id, { task, base: theirs });
    return;
  }
  const { task: merged, lost } = mergeTask(versionOf(theirs) > versionOf(base) ? base : null, task, theirs);
  keepLost(kept, theirs.id, String(versionOf(theirs)), lost);
  kept.setRow(theirs.id, { task: isSameTask(merged, theirs) ? theirs : merged, base: theirs });
};

/** Deleted elsewhere: what was edited here is kept aside. */
const letGo = (kept: KeptTasks, id: string, row: TaskRow): void => {
  if (row.task !== null && (isDirty(row) || row.sent !== undefined)) {
    keepLost(kept, id, `deleted:${versionOf(row.base)}`, [{ field: '*', side: 'mine', task: row.task }]);
  }
  kept.setRow(id, null);
};

/** Writes down what became of one task that was sent. */
const settle = (kept: KeptTasks, result: JsonObject): void => {
  const { id } = result;
  const row = typeof id === 'string' ? kept.row(id) : undefined;
  if (typeof id !== 'string' || row?.sent === undefined) return;
  const { sent, task, base } = row;
  if (result.ok === true) {
    const { version, updatedAt } = result;
    const now = { ...sent, version: Number(version ?? sent.version), updatedAt: Number(updatedAt ?? sent.updatedAt) };
    const isAsSent = task !== null && isSameTask(task, sent);
    // What was written meanwhile was written on this, so it is later than this.
    const later = task === null ? null : { ...task, updatedAt: Math.max(task.updatedAt, now.updatedAt + 1) };
    kept.setRow(id, { task: isAsSent ? now : later, base: now });
  } else if (result.conflict === true && result.server === null) letGo(kept, id, row);
  else if (result.conflict === true) {
    const theirs = readTask(result.server);
    if (theirs !== undefined) adopt(kept, row, theirs);
  } else if (isJsonObject(result.error)) {
    const { code, message } = result.error;
    const isAsSent = task !== null && isSameTask(task, sent);
    kept.setRow(id, { task, base, ...(isAsSent ? { refused: { code: String(code), message: String(message) } } : {}) });
  }
};

const toSend = ({ task, base, sent }: TaskRow): Task | undefined =>
  sent ?? (task === null ? undefined : { ...task, version: base === null ? versionOf(task) : versionOf(base) + 1 });

/** Sends some tasks. Where the server refuses a whole request, each goes alone, so that one cannot hold up the others. */
const send = async (tools: RoundTools, ids: readonly string[]): Promise<Trouble> => {
  const { kept, calls, isCurrent } = tools;
  if (!isCurrent()) return STALE;
  const tasks: Json[] = [];
  for (const id of ids) {
    const row = kept.row(id);
    const sent = row && toSend(row);
    if (row === undefined || sent === undefined) continue;
    if (row.sent === undefined) kept.setRow(id, { ...row, sent });
    tasks.push(JSON.parse(JSON.stringify(sent)));
  }
  const answer = await calls.ask('/sync/upload', isUploaded, { tasks, lastSyncAt: kept.place().since ?? 0 });
  if (answer.ok) {
    for (const result of answer.value.results) settle(kept, result);
    return null;
  }
  if (meaningOf(answer) !== 'blame') return toTrouble(answer);
  if (ids.length === 1) {
    const { code, message } = answer.error;
    settle(kept, { id: ids[0] ?? '', error: { code, message } });
    return null;
  }
  for (const id of ids) {
    const trouble = await send(tools, [id]);
    if (trouble !== null) return trouble;
  }
  return null;
};

const uploadAll = async (tools: RoundTools): Promise<Trouble> => {
  for (let pass = 0; pass < PASSES_MAX; pass += 1) {
    const due = tools.kept.rows().flatMap(([id, row]) => (isDue(row) ? [id] : []));
    if (due.length === 0) return null;
    for (let first = 0; first < due.length; first += BATCH) {
      const trouble = await send(tools, due.slice(first, first + BATCH));
      if (trouble !== null) return trouble;
    }
  }
  return endless();
};

const deleteAll = async ({ kept, calls, isCurrent }: RoundTools): Promise<Trouble> => {
  const gone = kept.rows().flatMap(([id, row]) => (row.task === null ? [id] : []));
  for (let first = 0; first < gone.length; first += BATCH) {
    if (!isCurrent()) return STALE;
    const ids = gone.slice(first, first + BATCH);
    const answer = await calls.ask('/tasks/delete', isJsonObject, { ids });
    if (!answer.ok) return toTrouble(answer);
    for (const id of ids) if (kept.row(id)?.task === null) kept.setRow(id, null);
  }
  return null;
};

const takeTask = (kept: KeptTasks, theirs: Task | undefined): void => {
  if (theirs === undefined) return;
  const row = kept.row(theirs.id);
  if (row === undefined) kept.setRow(theirs.id, { task: theirs, base: theirs });
  // What was sent and not answered will be, with the server's newest copy.
  else if (row.sent === undefined && versionOf(theirs) > versionOf(row.base)) adopt(kept, row, theirs);
};

/** Downloads page by page; a page is written down before its place is, so that a stop half way misses nothing. */
const download = async ({ kept, calls, isCurrent }: RoundTools): Promise<Trouble> => {
  for (;;) {
    if (!isCurrent()) return STALE;
    const { since, cursor } = kept.place();
    const more = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const answer = await calls.ask(`/sync/download?since=${since ?? 0}&limit=${PAGE}${more}`, isDownloaded);
    if (!answer.ok) {
      if (cursor === undefined || meaningOf(answer) !== 'blame') return toTrouble(answer);
      kept.setPlace({ since });
      continue;
    }
    const { tasks, deleted, nextCursor, serverTime } = answer.value;
    for (const one of tasks) takeTask(kept, readTask(one));
    for (const id of deleted) {
      const row = kept.row(id);
      if (row !== undefined) letGo(kept, id, row);
    }
    if (nextCursor === undefined) {
      kept.setPlace({ since: serverTime });
      return null;
    }
    if (nextCursor === cursor) return endless();
    kept.setPlace({ since, cursor: nextCursor });
  }
};

/** Brings both sides together: what the server has (first of all where nothing was ever downloaded), then what was written here. */
export const runUploadRound = async (tools: RoundTools): Promise<RoundEnd> => {
  const steps = [...(tools.kept.place().since === null ? [download] : []), uploadAll, deleteAll, download];
  for (const step of steps) {
    const trouble = await step(tools);
    if (trouble !== null) return trouble;
  }
  return { kind: 'done' };
};
