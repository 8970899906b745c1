import { hash } from 'node:crypto';
import { canonicalJson, isJsonObject, type JsonObject, ok, type Result } from '@tidemark/protocol';
import { applyWrites, type Call } from '@tidemark/server/rest';
import { isSameContent } from '../task.ts';
import { readUploaded, toItemError, type UploadedTask, versionOf } from './uploaded-task.ts';

/** What became of one task: stored (also before, by an upload whose answer was lost), in conflict, or refused. */
export type UploadResult =
  | { readonly id: string; readonly ok: true; readonly version: number; readonly updatedAt: number }
  | { readonly id: string; readonly conflict: true; readonly server: JsonObject | null; readonly deleted?: true }
  | { readonly id: string | null; readonly error: ReturnType<typeof toItemError> };

type Row = Awaited<ReturnType<Call['services']['engine']['get']>>;

/** How many later changes of a task are looked through for an upload that was stored before them. */
const REPEAT_REACH = 20;

const stored = (id: string, version: number, { updatedAt }: JsonObject): UploadResult => ({
  id,
  ok: true,
  version,
  updatedAt: typeof updatedAt === 'number' ? updatedAt : 0,
});

const gone = (id: string): UploadResult => ({ id, conflict: true, server: null, deleted: true });

/** Was exactly this stored, though others have written the task since? Then the upload is a repeat, not a conflict. */
const wasStored = async ({ services, space }: Call, task: UploadedTask, current: number): Promise<boolean> => {
  const limit = current - task.version + 1;
  if (limit > REPEAT_REACH) return false;
  const history = await services.engine.history(space, { collection: 'tasks', id: task.id, limit });
  if (!history.ok) return false;
  return history.value.entries.some(
    ({ fields }) => fields !== undefined && versionOf(fields) === task.version && isSameContent(fields, task.fields),
  );
};

/** A write that changes nothing takes no place in the log and counts no version; a version that brings nothing new changes the time. */
const nextFields = ({ fields }: UploadedTask, before: JsonObject): UploadedTask['fields'] => {
  const last = typeof before.updatedAt === 'number' ? before.updatedAt : 0;
  return isSameContent(before, fields) && fields.updatedAt <= last ? { ...fields, updatedAt: last + 1 } : fields;
};

/** What to write on which revision. */
interface Plan {
  readonly ifRevision: number;
  readonly fields: UploadedTask['fields'];
}

/** A task against what is stored: what to write, or what to answer without writing. */
const decide = async (call: Call, task: UploadedTask, row: Row): Promise<Plan | UploadResult> => {
  const { id, version } = task;
  if (row === undefined) return { ifRevision: 0, fields: task.fields };
  if (row.deleted) return gone(id);
  const fields: JsonObject = JSON.parse(row.fieldsJson);
  const current = versionOf(fields);
  if (current === version - 1) return { ifRevision: row.revision, fields: nextFields(task, fields) };
  if (current === version && isSameContent(fields, task.fields)) return stored(id, version, fields);
  if (current > version && (await wasStored(call, task, current))) return stored(id, version, task.fields);
  return { id, conflict: true, server: { id, ...fields } };
};

const toMutation = (id: string, { ifRevision, fields }: Plan) => {
  const content = { collection: 'tasks', id, op: 'put' as const, fields, base: 0, at: fields.updatedAt, ifRevision };
  return { mutationId: `upload-${hash('sha256', canonicalJson(content), 'hex').slice(0, 40)}`, ...content };
};

/** Tells the tasks of an upload from what is none; of two with one id the first counts. */
const readAll = (
  values: readonly unknown[],
  now: number,
): { readonly results: (UploadResult | undefined)[]; readonly open: Map<number, UploadedTask> } => {
  const open = new Map<number, UploadedTask>();
  const seen = new Set<string>();
  const results = values.map((value, index): UploadResult | undefined => {
    const task = readUploaded(value, now);
    if (!task.ok) {
      const id = isJsonObject(value) && typeof value.id === 'string' ? value.id : null;
      return { id, error: toItemError(task.error) };
    }
    const { id } = task.value;
    if (seen.has(id))
      return { id, error: toItemError({ code: 'INVALID_ID', message: `${JSON.stringify(id)} stands in this upload before` }) };
    seen.add(id);
    open.set(index, task.value);
    return undefined;
  });
  return { results, open };
};

type Attempt = { readonly index: number; readonly task: UploadedTask; readonly mutation: ReturnType<typeof toMutation> };

/** Decides every open task; what needs no write is answered. */
const decideAll = async (call: Call, open: Map<number, UploadedTask>, results: (UploadResult | undefined)[], lost: ReadonlySet<string>) => {
  const writes: Attempt[] = [];
  for (const [index, task] of open) {
    const decided = await decide(call, task, await call.services.engine.get(call.space, 'tasks', task.id));
    const mutation = 'ifRevision' in decided ? toMutation(task.id, decided) : undefined;
    // A revision that was passed once comes back only where the record's deletion has been compacted away.
    if (mutation !== undefined && !lost.has(mutation.mutationId)) writes.push({ index, task, mutation });
    else {
      results[index] = 'ifRevision' in decided ? gone(task.id) : decided;
      open.delete(index);
    }
  }
  return writes;
};

/**
 * Stores the tasks of one upload, each on its own; answers in their order. A task is written only on the revision whose version is
 * one below its own, which the append checks again: where another write came between, it is decided anew.
 */
export const uploadAll = async (call: Call, values: readonly unknown[]): Promise<Result<readonly UploadResult[]>> => {
  const { results, open } = readAll(values, call.services.env.wall());
  const lost = new Set<string>();
  while (open.size > 0) {
    const writes = await decideAll(call, open, results, lost);
    if (writes.length === 0) break;
    const applied = await applyWrites(
      call,
      writes.map(({ mutation }) => mutation),
    );
    if (!applied.ok) return applied;
    const accepted = new Map(applied.value.answer.accepted.map((one) => [one.mutationId, one]));
    const rejected = new Map(applied.value.answer.rejected.map((one) => [one.mutationId, one]));
    for (const { index, task, mutation } of writes) {
      const done = accepted.get(mutation.mutationId);
      const refused = rejected.get(mutation.mutationId);
      if (refused?.code === 'REVISION_MISMATCH') lost.add(mutation.mutationId);
      else if (refused !== undefined) results[index] = { id: task.id, error: toItemError(refused) };
      else if (done?.status === 'duplicate' && done.record?.fields === undefined) results[index] = gone(task.id);
      else if (done !== undefined) results[index] = stored(task.id, task.version, done.record?.fields ?? mutation.fields);
      if (results[index] !== undefined) open.delete(index);
    }
  }
  return ok(results.filter((result) => result !== undefined));
};
