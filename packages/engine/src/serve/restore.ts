import { CONFLICTS, type Result } from '@tidemark/protocol';
import type { Mutation, RestoreAnswer, RestoreRequest } from '@tidemark/protocol/messages';
import type { SpaceRef } from '../engine.ts';
import { recordKey } from '../plan/draft.ts';
import type { LogRow, RecordRow, SpaceRow } from '../storage/storage.ts';
import type { Serving } from './context.ts';
import { resolvePoint, statesAt } from './history.ts';
import { apply } from './push.ts';

/** Mutations of one append while a restore goes through many records. */
const RESTORE_CHUNK = 1_000;
const RECORDS_PAGE = { limit: 5_000, bytesMax: 8 * 1024 * 1024, tombstones: true };

const currentRecords = async (serving: Serving, space: SpaceRow, collection: string | undefined): Promise<Map<string, RecordRow>> => {
  const current = new Map<string, RecordRow>();
  let after: { collection: string; id: string } | undefined;
  for (;;) {
    const rows = await serving.storage.readRecords(space.key, {
      ...RECORDS_PAGE,
      ...(after ? { after } : {}),
      ...(collection ? { collection } : {}),
    });
    const last = rows.at(-1);
    if (last === undefined) return current;
    for (const row of rows) current.set(recordKey(row.collection, row.id), row);
    after = { collection: last.collection, id: last.id };
  }
};

/** The mutation that brings a record from `now` to `then`, if they differ. */
const bringBack = (serving: Serving, then: LogRow | undefined, now: RecordRow): Mutation | undefined => {
  const isLiveThen = then !== undefined && !then.deleted;
  if (!isLiveThen && now.deleted) return undefined;
  if (isLiveThen && !now.deleted && then.fieldsJson === now.fieldsJson) return undefined;
  const { collection, id, seq: base } = now;
  const common = {
    mutationId: serving.env.uuid(),
    n: 1,
    collection,
    id,
    base,
    at: serving.env.wall(),
    was: now.deleted ? {} : JSON.parse(now.fieldsJson),
  };
  if (!isLiveThen) return { ...common, op: 'delete', schemaVersion: now.schemaVersion };
  return { ...common, op: 'put', fields: JSON.parse(then.fieldsJson ?? '{}'), schemaVersion: then.schemaVersion };
};

const inScope = (request: RestoreRequest, row: RecordRow): boolean =>
  row.collection !== CONFLICTS &&
  (request.collection === undefined || row.collection === request.collection) &&
  (request.id === undefined || row.id === request.id);

/**
 * POST /sync/restore: brings a record, a collection or everything back to how it was at a seq or time, as new mutations
 * that sync like any other and can themselves be restored from.
 */
export const restore = async (serving: Serving, space: SpaceRef, request: RestoreRequest): Promise<Result<RestoreAnswer>> => {
  const row = await serving.ensureSpace(space);
  const point = await resolvePoint(serving, row, request);
  if (!point.ok) return point;
  const then = await statesAt(serving, row, point.value);
  const now = await currentRecords(serving, row, request.collection);
  const mutations = [...now].flatMap(([key, record]) => {
    const mutation = inScope(request, record) ? bringBack(serving, then.get(key), record) : undefined;
    return mutation ? [mutation] : [];
  });
  const schemaVersion = serving.apps.get(space.app)?.schemaVersion ?? 1;
  let restored = 0;
  let latestVersion = row.head;
  for (let first = 0; first < mutations.length; ) {
    const chunk = mutations.slice(first, first + RESTORE_CHUNK);
    const answer = await apply(serving, space, { clientId: '$restore', schemaVersion, mutations: chunk });
    if (!answer.ok) return answer;
    const refused = answer.value.rejected[0];
    if (refused) return { ok: false, error: refused };
    restored += answer.value.accepted.length;
    latestVersion = answer.value.latestVersion;
    first += Math.max(1, answer.value.accepted.length);
  }
  return { ok: true, value: { restored, seq: point.value, latestVersion } };
};
