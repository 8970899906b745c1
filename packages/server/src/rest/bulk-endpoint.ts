import type { RecordRow } from '@tidemark/engine';
import { type ErrorCode, isJsonObject, type Json, type JsonObject, ok, type Result, refuse } from '@tidemark/protocol';
import * as z from 'zod';
import { answerJson } from '../http/answer.ts';
import type { Call } from '../sync/call.ts';
import { type Endpoint, endpoint, NO_INPUT } from './endpoint.ts';
import { filterBody, selectionOf } from './list-request.ts';
import { readList } from './read-list.ts';
import { checkReferences } from './references.ts';
import type { Resource } from './resource.ts';
import { applyWrites, liveRecord, type Write } from './write.ts';

const IDS_MAX = 500;
const MATCHES_MAX = 5_000;
const READ_AT_ONCE = 1_000;

/** What a bulk action does to each record: a delete, or a patch of these fields. */
export interface BulkAction {
  readonly edit: 'delete' | JsonObject;
  /** Fields that the body names and the patch takes from there. */
  readonly fields?: { readonly [name: string]: z.ZodType };
}

export type BulkActions = { readonly [name: string]: BulkAction };

interface Outcome {
  readonly succeeded: string[];
  readonly failed: { readonly id: string; readonly code: string; readonly message: string }[];
}

const outcomeSchema = z.object({
  data: z.object({
    succeeded: z.array(z.string()),
    failed: z.array(z.object({ id: z.string(), code: z.string(), message: z.string() })),
  }),
});

const bodyOf = (resource: Resource, actions: BulkActions): z.ZodType => {
  const ids = z.array(z.string().min(1).max(128)).min(1).max(IDS_MAX);
  const filter = filterBody(resource);
  const bodies = Object.entries(actions).flatMap(([name, { fields = {} }]) => {
    const action = { action: z.literal(name), ...fields };
    return [z.strictObject({ ...action, ids }), z.strictObject({ ...action, filter })];
  });
  const [first, ...others] = bodies;
  if (first === undefined) throw new Error(`${resource.name} has no bulk action.`);
  return z.union([first, ...others]);
};

/** A record that an action is about, and the state it was found in. */
type Found = Pick<RecordRow, 'collection' | 'id' | 'seq'>;

/** The records a filter finds. TOO_MANY_MATCHES above 5,000. */
const matches = async (call: Call, resource: Resource, filter: JsonObject): Promise<Result<readonly Found[]>> => {
  const selection = selectionOf(resource, filter);
  if (!selection.ok) return selection;
  const rows: Found[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await readList(call, resource, selection.value, { limit: READ_AT_ONCE, cursor });
    if (!page.ok) return page;
    rows.push(...page.value.rows);
    cursor = page.value.next;
    if (rows.length > MATCHES_MAX) {
      return refuse('TOO_MANY_MATCHES', `More than ${MATCHES_MAX} records match. Narrow the filter.`, { limit: MATCHES_MAX });
    }
    if (cursor === undefined) return ok(rows);
  }
};

const editAll = async (call: Call, rows: readonly Found[], edit: BulkAction['edit'], into: Outcome): Promise<Result<void>> => {
  if (rows.length === 0) return ok(undefined);
  const writes = rows.map(({ collection, id, seq }): Write => {
    const about = { collection, id, base: seq };
    return edit === 'delete' ? { ...about, op: 'delete' } : { ...about, op: 'patch', fields: edit };
  });
  const applied = await applyWrites(call, writes);
  if (!applied.ok) return applied;
  const { answer, mutations } = applied.value;
  const idOf = new Map(mutations.map(({ mutationId, id }) => [mutationId, id]));
  for (const { mutationId } of answer.accepted) into.succeeded.push(idOf.get(mutationId) ?? '');
  for (const { mutationId, code, message } of answer.rejected) {
    into.failed.push({ id: idOf.get(mutationId) ?? '', code: namedCode(call, code), message });
  }
  return ok(undefined);
};

const namedCode = (call: Call, code: ErrorCode): string => call.c.get('dialect')?.name(code).code ?? code;

/** The records of the ids; those that are not there are named as failed. */
const byIds = async (call: Call, { collection, name }: Resource, ids: ReadonlySet<string>, into: Outcome): Promise<Found[]> => {
  const rows: Found[] = [];
  for (const id of ids) {
    const row = await liveRecord(call, collection.name, id);
    if (row !== undefined) rows.push(row);
    else into.failed.push({ id, code: namedCode(call, 'RECORD_NOT_FOUND'), message: `There is no ${name} with this id.` });
  }
  return rows;
};

/** `POST /tasks/bulk`: one action on the records named by id, or found by the filters of the list. Repeatable. */
export const bulkEndpoint = (resource: Resource, actions: BulkActions): Endpoint => {
  const run = async (call: Call, body: JsonObject): Promise<Result<Outcome>> => {
    const { edit = {}, fields = {} } = actions[String(body.action)] ?? {};
    const given = Object.fromEntries(Object.keys(fields).map((field): [string, Json] => [field, body[field] ?? null]));
    const whole = edit === 'delete' ? edit : { ...edit, ...given };
    const wrong = whole === 'delete' ? undefined : await checkReferences(call, resource, whole);
    if (wrong !== undefined) return { ok: false, error: wrong };
    const outcome: Outcome = { succeeded: [], failed: [] };
    const ids = Array.isArray(body.ids) ? new Set(body.ids.map(String)) : undefined;
    const filter = isJsonObject(body.filter) ? body.filter : {};
    const rows = ids === undefined ? await matches(call, resource, filter) : ok(await byIds(call, resource, ids, outcome));
    if (!rows.ok) return rows;
    const edited = await editAll(call, rows.value, whole, outcome);
    return edited.ok ? ok(outcome) : edited;
  };
  return endpoint({
    ...NO_INPUT,
    method: 'POST',
    path: `${resource.path}/bulk`,
    tag: resource.name,
    summary: `Change many records of the kind ${resource.name}`,
    description:
      `One action on the records named by id (at most ${IDS_MAX}) or found by the filters of the list (at most ${MATCHES_MAX}). ` +
      'Says of each what became of it; a repeat changes nothing more.',
    body: bodyOf(resource, actions).transform((body): JsonObject => (isJsonObject(body) ? body : {})),
    answers: { 200: { description: 'What became of each record', schema: outcomeSchema } },
    refusals: ['TOO_MANY_MATCHES'],
    handle: async (call, { body }) => {
      const done = await run(call, body);
      return done.ok ? ok(await answerJson(call.c, { data: done.value })) : done;
    },
  });
};
