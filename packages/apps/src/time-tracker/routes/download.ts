import { decodeCursor, type JsonObject, ok, type Result } from '@tidemark/protocol';
import type { Call } from '@tidemark/server/rest';

const COLLECTIONS = ['tasks'];

/**
 * Up to which commit time a page and those before it tell everything. The pages of a snapshot are in no order of time, and the
 * changes of one append share one: such a page is safe to go on from by its cursor, and only from before by its time.
 */
const coveredTime = async (call: Call, since: number, page: { cursor: string; seq: number; hasMore: boolean }): Promise<number> => {
  if (decodeCursor(page.cursor)?.snapshot !== undefined) return since;
  const { engine } = call.services;
  const { time: last } = await engine.position(call.space, { seq: page.seq });
  const isCut = page.hasMore && (await engine.position(call.space, { seq: page.seq + 1 })).time === last;
  return Math.max(since, isCut ? last - 1 : last);
};

/** One page of what was stored after `since` (by the server's time), or of what follows a page's cursor. `limit`: its changes. */
export const downloadPage = async (call: Call, since: number, limit: number, after: string | undefined): Promise<Result<JsonObject>> => {
  const { engine } = call.services;
  const cursor = after ?? (since === 0 ? undefined : (await engine.position(call.space, { time: since }, COLLECTIONS)).cursor);
  const page = await engine.pull(call.space, { limit, collections: COLLECTIONS, ...(cursor === undefined ? {} : { cursor }) });
  if (!page.ok) return page;
  const tasks: JsonObject[] = [];
  const deleted: string[] = [];
  for (const { collection, id, deleted: isDeleted, fieldsJson } of page.value.rows) {
    if (collection !== 'tasks') continue;
    if (isDeleted || fieldsJson === null) deleted.push(id);
    else tasks.push({ id, ...JSON.parse(fieldsJson) });
  }
  const nextCursor = page.value.hasMore ? { nextCursor: page.value.cursor } : {};
  return ok({ tasks, deleted, ...nextCursor, serverTime: await coveredTime(call, since, page.value) });
};
