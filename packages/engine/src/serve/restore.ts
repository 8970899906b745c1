import { type AppDefinition, CONFLICTS, type JsonObject, ok, type Result, upcastFields } from '@tidemark/protocol';
import type { Mutation, RestoreAnswer, RestoreRequest } from '@tidemark/protocol/messages';
import type { SpaceRef } from '../engine.ts';
import type { LogRow, RecordRow, SpaceRow } from '../storage/storage.ts';
import type { Serving } from './context.ts';
import { resolvePoint, stateOfAt } from './history.ts';
import { apply } from './push.ts';

/** Mutations of one append while a restore goes through many records. */
const RESTORE_CHUNK = 1_000;
const RECORDS_PAGE = { limit: 5_000, bytesMax: 8 * 1024 * 1024, tombstones: true };

/** The records in the scope of a restore that were changed after `seq`, as they are now. */
const changedSince = async (serving: Serving, space: SpaceRow, request: RestoreRequest, seq: number): Promise<RecordRow[]> => {
  const { collection, id } = request;
  const isChanged = (row: RecordRow): boolean => row.seq > seq && row.collection !== CONFLICTS;
  if (collection !== undefined && id !== undefined) {
    const { records } = await serving.storage.load(space.key, { records: [{ collection, id }], receipts: [], clients: [] });
    return records.filter(isChanged);
  }
  const changed: RecordRow[] = [];
  let after: { collection: string; id: string } | undefined;
  for (;;) {
    const rows = await serving.storage.readRecords(space.key, {
      ...RECORDS_PAGE,
      ...(after ? { after } : {}),
      ...(collection ? { collection } : {}),
    });
    const last = rows.at(-1);
    if (last === undefined) return changed;
    changed.push(...rows.filter((row) => isChanged(row) && (id === undefined || row.id === id)));
    after = { collection: last.collection, id: last.id };
  }
};

/** The fields of a stored state at the app's schemaVersion. */
const currentFields = (app: AppDefinition, row: RecordRow | LogRow): Result<JsonObject> => {
  const fields: JsonObject = JSON.parse(row.fieldsJson ?? '{}');
  const collection = Object.hasOwn(app.collections, row.collection) ? app.collections[row.collection] : undefined;
  return collection ? upcastFields(app, collection, fields, row.schemaVersion) : ok(fields);
};

/** The mutation that brings a record from `now` to `then`, if they differ; both brought to the app's schemaVersion. */
const bringBack = (
  serving: Serving,
  app: AppDefinition,
  then: RecordRow | LogRow | undefined,
  now: RecordRow,
): Result<Mutation | undefined> => {
  const isLiveThen = then !== undefined && !then.deleted;
  if (!isLiveThen && now.deleted) return ok(undefined);
  if (isLiveThen && !now.deleted && then.fieldsJson === now.fieldsJson) return ok(undefined);
  const { collection, id, seq: base } = now;
  const common = { mutationId: serving.env.uuid(), n: 1, collection, id, base, at: serving.env.wall() };
  const seen = now.deleted ? ok({}) : currentFields(app, now);
  if (!seen.ok) return seen;
  if (!isLiveThen) return ok({ ...common, op: 'delete', was: seen.value });
  const fields = currentFields(app, then);
  return fields.ok ? ok({ ...common, op: 'put', fields: fields.value, was: seen.value }) : fields;
};

/**
 * POST /sync/restore: brings a record, a collection or everything back to how it was at a seq or time, as new mutations
 * that sync like any other and can themselves be restored from.
 */
export const restore = async (serving: Serving, space: SpaceRef, request: RestoreRequest): Promise<Result<RestoreAnswer>> => {
  const row = await serving.ensureSpace(space);
  const point = await resolvePoint(serving, row, request);
  if (!point.ok) return point;
  const app = serving.apps.get(space.app);
  if (app === undefined) throw new Error(`the engine was not given the app ${space.app}`);
  const mutations: Mutation[] = [];
  for (const record of await changedSince(serving, row, request, point.value)) {
    const mutation = bringBack(serving, app, await stateOfAt(serving, row, record, point.value), record);
    if (!mutation.ok) return mutation;
    if (mutation.value) mutations.push(mutation.value);
  }
  let restored = 0;
  let latestVersion = row.head;
  for (let first = 0; first < mutations.length; ) {
    const chunk = mutations.slice(first, first + RESTORE_CHUNK);
    const answer = await apply(serving, space, { clientId: '$restore', schemaVersion: app.schemaVersion, mutations: chunk });
    if (!answer.ok) return answer;
    const refused = answer.value.rejected[0];
    if (refused) return { ok: false, error: refused };
    restored += answer.value.accepted.length;
    latestVersion = answer.value.latestVersion;
    first += Math.max(1, answer.value.accepted.length);
  }
  return { ok: true, value: { restored, seq: point.value, latestVersion } };
};
