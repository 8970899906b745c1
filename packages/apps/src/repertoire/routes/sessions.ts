import { isJsonObject, type JsonObject, type MutableJsonObject, ok, type Result, refuse } from '@tidemark/protocol';
import { answerText, type Call, type Endpoint, endpoint, type LogTables, NO_INPUT } from '@tidemark/server/rest';
import * as z from 'zod';
import { repertoire, uuid } from '../schema.ts';
import { applyChunks, identified, type Write } from './apply-chunks.ts';
import { openChanges } from './changes.ts';
import { keyOf, recordOf } from './find-uploads.ts';
import { createSessionTables, printSession, type SessionTable } from './session-table.ts';
import { BODY_BYTES_MAX, sessionsAnswer, sessionsBody } from './shapes.ts';
import { type LogPlace, standingOf, timeOf, toPlace } from './sync-times.ts';
import type { Refused } from './upload-pieces.ts';

const { fields: field } = repertoire.collections.sessions;

const uploadShape = z.object({
  sessionId: uuid,
  pieceId: field.pieceId.schema,
  startedAt: field.startedAt.schema,
  endedAt: field.endedAt.schema.nullable(),
  endedAtSource: field.endedAtSource.schema.nullable(),
  createdAt: field.createdAt.schema,
});

const readSession = (value: unknown): Result<{ readonly sessionId: string; readonly fields: JsonObject }> => {
  const parsed = isJsonObject(value) ? uploadShape.safeParse(value) : undefined;
  if (parsed === undefined) return refuse('VALIDATION_FAILED', 'A session is an object with a sessionId.');
  if (!parsed.success) return refuse('VALIDATION_FAILED', z.prettifyError(parsed.error));
  const { sessionId, ...rest } = parsed.data;
  const fields: MutableJsonObject = {};
  for (const [name, one] of Object.entries(rest)) if (one !== null && one !== undefined) fields[name] = one;
  return ok({ sessionId, fields });
};

const idOf = (value: unknown): string | null => (isJsonObject(value) && typeof value.sessionId === 'string' ? value.sessionId : null);

const toWrite = (id: string, fields: JsonObject): Write =>
  identified('sessions', { collection: 'sessions', id, op: 'put', base: 0, fields, at: Date.parse(String(fields.startedAt)) });

/** Stores sessions. A repeat changes nothing, but an open session may be closed: the collection's merge rules see to it. */
const storeSessions = async (
  call: Call,
  values: readonly unknown[],
): Promise<Result<{ readonly uploaded: readonly string[]; readonly refused: readonly Refused[] }>> => {
  const refused: Refused[] = [];
  const planned: { readonly sessionId: string; readonly write: Write }[] = [];
  for (const value of values) {
    const session = readSession(value);
    if (session.ok) {
      const { sessionId, fields } = session.value;
      const row = await recordOf(call, 'sessions', sessionId);
      planned.push({ sessionId, write: toWrite(row?.id ?? sessionId, fields) });
    } else refused.push({ id: idOf(value), code: session.error.code, error: session.error.message });
  }
  const applied = await applyChunks(
    call,
    planned.map(({ write }) => write),
  );
  if (!applied.ok) return applied;
  const uploaded = new Set<string>();
  for (const { sessionId, write } of planned) {
    const rejection = applied.value.get(write.mutationId);
    if (rejection === undefined) uploaded.add(sessionId);
    else refused.push({ id: sessionId, code: rejection.code, error: rejection.message });
  }
  return ok({ uploaded: [...uploaded], refused });
};

/** Sessions that a device has not seen, printed with commas between, and the `syncedAt` that stands for what it then has. */
interface News {
  readonly text: string;
  readonly syncedAt: string;
}

/** What changed since the device's place in the log, but for what it sent itself. */
const newsSince = async (call: Call, place: LogPlace, known: ReadonlySet<string>): Promise<Result<News>> => {
  const changes = openChanges(call, 'sessions', place);
  const settled = await changes.settle();
  if (!settled.ok) return settled;
  const news = [...changes.rows.values()].filter((row) => !row.deleted && !known.has(keyOf(row.id)));
  const printed = news.map((row) => printSession(row.id, row.fieldsJson ?? '{}', call.principal.subject));
  return ok({ text: printed.join(','), syncedAt: settled.value });
};

/** All sessions but what the device sent itself. */
const allNews = async (call: Call, tables: LogTables<SessionTable>, known: ReadonlySet<string>): Promise<Result<News>> => {
  for (;;) {
    const read = await tables.read(call, (table) => table.textWithout(known));
    if (!read.ok) return read;
    const syncedAt = await timeOf(call, toPlace(read.value.cursor));
    if (syncedAt !== undefined) return ok({ text: read.value.seen, syncedAt });
  }
};

const syncSessions = async (
  call: Call,
  tables: LogTables<SessionTable>,
  { sessions, lastSyncedAt }: z.output<typeof sessionsBody>,
): Promise<Result<string>> => {
  const place = await standingOf(call, lastSyncedAt);
  const stored = await storeSessions(call, sessions);
  if (!stored.ok) return stored;
  const { uploaded, refused } = stored.value;
  const known = new Set(uploaded.map(keyOf));
  const news = await (place === undefined ? allNews(call, tables, known) : newsSince(call, place, known));
  if (!news.ok) return news;
  const answer: Omit<z.input<typeof sessionsAnswer>, 'serverSessions'> = {
    uploadedSessions: [...uploaded],
    ...(refused.length === 0 ? {} : { refusedSessions: refused.map(({ id, code, error }) => ({ sessionId: id, code, error })) }),
    syncedAt: news.value.syncedAt,
  };
  return ok(`{"serverSessions":[${news.value.text}],${JSON.stringify(answer).slice(1)}`);
};

export const sessionsEndpoint = (): Endpoint => {
  const tables = createSessionTables();
  return endpoint({
    ...NO_INPUT,
    method: 'POST',
    path: '/sessions',
    tag: 'Sync',
    summary: 'Sync practice sessions',
    description: 'Sessions are facts: the same id again changes nothing, except that an open session may be closed.',
    body: sessionsBody,
    bodyBytesMax: BODY_BYTES_MAX,
    answers: { 200: { description: 'What was stored, and what is new', schema: sessionsAnswer } },
    handle: async (call, { body }) => {
      const synced = await syncSessions(call, tables, body);
      return synced.ok ? ok(await answerText(call.c, synced.value)) : synced;
    },
  });
};
