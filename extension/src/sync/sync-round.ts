import type { Answer, Calls } from '@tidemark/client/calls';
import { meaningOf } from '@tidemark/client/calls';
import { isJsonObject, type JsonObject, type Refusal } from '@tidemark/protocol';
import type { Kept, Waiting } from '../kept/kept.ts';
import type { Kind } from '../kept/rows.ts';

/** Records of one request, as the server takes them. */
export const BATCH_MAX = 1_000;
/** Characters of the JSON of one request's records. */
const BATCH_CHARS_MAX = 4 * 1024 * 1024;

const ROUTES: { readonly [K in Kind]: string } = { visits: '/api/sync/page-visits', aggregates: '/api/sync/tab-aggregates' };

export interface SyncTools {
  readonly kept: Kept;
  readonly calls: Calls;
  /** Asks the server to delete everything of this person. */
  readonly deleteAll: () => Promise<Answer<JsonObject>>;
  /** Wall clock in milliseconds. */
  readonly now: () => number;
}

interface Report {
  readonly rejected: readonly JsonObject[];
}
const isReport = (value: unknown): value is JsonObject & Report =>
  isJsonObject(value) && Array.isArray(value.rejected) && value.rejected.every(isJsonObject);

/** What a report says of single records, by their keys. */
const refusalsOf = (rows: readonly Waiting[], { rejected }: Report): ReadonlyMap<string, Refusal> => {
  const refusals = new Map<string, Refusal>();
  for (const { index, code, message } of rejected) {
    const key = typeof index === 'number' ? rows[index]?.key : undefined;
    // The code is the server's, also one of a newer server.
    if (key !== undefined) refusals.set(key, { code: 'VALIDATION_FAILED', message: `${String(message)} (${String(code)})` });
  }
  return refusals;
};

/** Cuts rows into requests: at most `BATCH_MAX` records and about `BATCH_CHARS_MAX` characters, and always at least one record. */
export const toBatches = (rows: readonly Waiting[]): (readonly Waiting[])[] => {
  const batches: Waiting[][] = [];
  let chars = 0;
  for (const row of rows) {
    const length = JSON.stringify(row.record).length;
    const open = batches.at(-1);
    if (open === undefined || open.length >= BATCH_MAX || chars + length > BATCH_CHARS_MAX) {
      batches.push([row]);
      chars = length;
    } else {
      open.push(row);
      chars += length;
    }
  }
  return batches;
};

/**
 * Sends one batch and keeps what the server answers of each record. A request that is refused as a whole goes again in halves, so that one
 * record cannot hold up the others. Answers what stops the round, or null.
 */
const send = async (tools: SyncTools, kind: Kind, rows: readonly Waiting[]): Promise<Refusal | null> => {
  const { kept, calls, now } = tools;
  const { anonymousClientId } = kept.head();
  const records = rows.map(({ record }) => ({ ...record, anonymousClientId }));
  const answer = await calls.ask(ROUTES[kind], isReport, { [kind]: records });
  if (answer.ok) {
    await kept.settle(rows, refusalsOf(rows, answer.value), now());
    return null;
  }
  if (meaningOf(answer) !== 'blame') return answer.error;
  const { details } = answer.error;
  if (isReport(details) && details.rejected.length === rows.length) {
    await kept.settle(rows, refusalsOf(rows, details), now());
    return null;
  }
  const [row] = rows;
  if (rows.length === 1 && row !== undefined) {
    await kept.settle(rows, new Map([[row.key, answer.error]]), now());
    return null;
  }
  const middle = Math.ceil(rows.length / 2);
  return (await send(tools, kind, rows.slice(0, middle))) ?? send(tools, kind, rows.slice(middle));
};

const sendAll = async (tools: SyncTools): Promise<Refusal | null> => {
  for (const kind of ['visits', 'aggregates'] as const) {
    for (const batch of toBatches(await tools.kept.waiting(kind))) {
      // Who deletes everything meanwhile wants none of this at the server.
      if (tools.kept.head().erasing) return null;
      const trouble = await send(tools, kind, batch);
      if (trouble !== null) return trouble;
    }
  }
  return null;
};

/** Does at the server what the person decided: first deletes, then sends what waits. Safe to be stopped anywhere and to be repeated. */
export const runSyncRound = async (tools: SyncTools): Promise<Refusal | null> => {
  const { kept, now } = tools;
  if (kept.head().erasing) {
    const answer = await tools.deleteAll();
    if (!answer.ok) {
      await kept.ended(answer.error, now());
      return answer.error;
    }
    await kept.erased();
  }
  const trouble = await sendAll(tools);
  await kept.ended(trouble, now());
  if (trouble === null) await kept.prune(now());
  return trouble;
};
