import { checkId, decodeCursor, type Json, type JsonObject, LIMITS, type Refusal, refuse } from '@tidemark/protocol';
import { type AppRoutes, answerJson, answerRefusal, type Call, readMessage, readQuery } from '@tidemark/server/rest';
import * as z from 'zod';
import { deleteAll } from './routes/delete.ts';
import { uploadAll } from './routes/upload.ts';

const BATCH_MAX = 500;
const PAGE_MAX = 1_000;
const COLLECTIONS = ['tasks'];

const time = z.int().min(0);
const whole = z
  .string()
  .regex(/^\d{1,16}$/, 'must be a whole number')
  .transform(Number)
  .pipe(time);

/** The owner follows from the token; a body may name another, and is not believed. */
const userId = z.unknown().optional();
const uploadBody = z.strictObject({ tasks: z.array(z.custom<Json>()).min(1).max(BATCH_MAX), lastSyncAt: time.nullish(), userId });
const deleteBody = z.strictObject({ ids: z.array(z.string()).min(1).max(BATCH_MAX), userId });
const downloadQuery = z.strictObject({
  since: whole.default(0),
  limit: whole.pipe(z.int().min(1).max(PAGE_MAX)).default(PAGE_MAX),
  cursor: z.string().min(1).max(LIMITS.cursorLengthMax).optional(),
});

const answerError = ({ c }: Call, error: Refusal): Promise<Response> => answerRefusal(c, error);

const upload = async (call: Call): Promise<Response> => {
  const body = await readMessage(call.c, uploadBody, BATCH_MAX);
  if (!body.ok) return answerError(call, body.error);
  const results = await uploadAll(call, body.value.tasks);
  if (!results.ok) return answerError(call, results.error);
  // The newest change there is. As a `since` it would hide what others wrote since the caller's last download.
  const { time: serverTime } = await call.services.engine.position(call.space, { time: Number.MAX_SAFE_INTEGER });
  return answerJson(call.c, { results: results.value, serverTime });
};

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

const download = async (call: Call): Promise<Response> => {
  const { engine } = call.services;
  const query = readQuery(call.c, downloadQuery);
  if (!query.ok) return answerError(call, query.error);
  const { since, limit } = query.value;
  const cursor = query.value.cursor ?? (since === 0 ? undefined : (await engine.position(call.space, { time: since }, COLLECTIONS)).cursor);
  const page = await engine.pull(call.space, { limit, collections: COLLECTIONS, ...(cursor === undefined ? {} : { cursor }) });
  if (!page.ok) return answerError(call, page.error);
  const tasks: JsonObject[] = [];
  const deleted: string[] = [];
  for (const { collection, id, deleted: isDeleted, fieldsJson } of page.value.rows) {
    if (collection !== 'tasks') continue;
    if (isDeleted || fieldsJson === null) deleted.push(id);
    else tasks.push({ id, ...JSON.parse(fieldsJson) });
  }
  const nextCursor = page.value.hasMore ? { nextCursor: page.value.cursor } : {};
  return answerJson(call.c, { tasks, deleted, ...nextCursor, serverTime: await coveredTime(call, since, page.value) });
};

const remove = async (call: Call): Promise<Response> => {
  const body = await readMessage(call.c, deleteBody, BATCH_MAX);
  if (!body.ok) return answerError(call, body.error);
  const wrong = body.value.ids.map(checkId).find((refusal) => refusal !== undefined);
  if (wrong !== undefined) return answerError(call, refuse('BAD_REQUEST', `ids: ${wrong.message}`).error);
  const done = await deleteAll(call, [...new Set(body.value.ids)]);
  return done.ok ? answerJson(call.c, done.value) : answerError(call, done.error);
};

/** The routes of `docs/systems/1-time-tracker.md`, beside the native ones. */
export const timeTrackerRoutes: AppRoutes = {
  rateLimit: { burst: 60, perSecond: 5 },
  open: () => [
    { method: 'POST', path: '/sync/upload', access: 'write', handle: upload },
    { method: 'GET', path: '/sync/download', access: 'read', handle: download },
    { method: 'POST', path: '/tasks/delete', access: 'write', handle: remove },
  ],
};
