import { CONFLICTS, type JsonObject, type Result, refuse, upcastConflict } from '@tidemark/protocol';
import type { Accepted, ConflictFields, Mutation, ResolveRequest } from '@tidemark/protocol/messages';
import type { SpaceRef } from '../engine.ts';
import { shortHash } from '../hash.ts';
import { isConflictFields } from '../plan/raise-conflict.ts';
import type { Serving } from './context.ts';
import { apply } from './push.ts';

export type ListedConflict = { readonly conflictId: string; readonly seq: number } & ConflictFields;

export interface ConflictsPage {
  readonly state: 'open' | 'resolved' | 'all';
  readonly after?: string;
  /** 1 … 1000, default 100. */
  readonly limit?: number;
}

const SCAN_LIMIT = 500;
const SCAN_BYTES_MAX = 4 * 1024 * 1024;

/** GET /sync/conflicts, by conflict id; their values are those of the app's schemaVersion. */
export const listConflicts = async (
  serving: Serving,
  space: SpaceRef,
  page: ConflictsPage,
): Promise<Result<{ conflicts: ListedConflict[]; nextAfter?: string }>> => {
  const limit = Math.min(1_000, page.limit ?? 100);
  const conflicts: ListedConflict[] = [];
  const app = serving.apps.get(space.app);
  let after = page.after;
  for (;;) {
    const key = after === undefined ? {} : { after: { collection: CONFLICTS, id: after } };
    const rows = await serving.storage.readRecords(space.key, {
      collection: CONFLICTS,
      limit: SCAN_LIMIT,
      bytesMax: SCAN_BYTES_MAX,
      ...key,
    });
    if (rows.length === 0) return { ok: true, value: { conflicts } };
    for (const row of rows) {
      after = row.id;
      const stored: JsonObject = JSON.parse(row.fieldsJson);
      const fields = app === undefined ? stored : upcastConflict(app, stored, row.schemaVersion);
      if (!isConflictFields(fields) || (page.state !== 'all' && fields.state !== page.state)) continue;
      conflicts.push({ conflictId: row.id, seq: row.seq, ...fields });
      if (conflicts.length === limit) return { ok: true, value: { conflicts, nextAfter: row.id } };
    }
  }
};

/** POST /sync/conflicts/{id}/resolve: one mutation that closes the conflict and edits the field. A repeat answers `duplicate`. */
export const resolveConflict = async (
  serving: Serving,
  space: SpaceRef,
  conflictId: string,
  request: ResolveRequest,
  clientId: string,
): Promise<Result<Accepted>> => {
  const row = await serving.ensureSpace(space);
  const { mutationId, ...choice } = request;
  const mutation: Mutation = {
    // The same choice for the same conflict is the same mutation, unless the caller names its own.
    mutationId: mutationId ?? shortHash(JSON.stringify(['resolve', row.spaceId, conflictId, choice.choose, choice.value ?? null])),
    n: 1,
    collection: CONFLICTS,
    id: conflictId,
    op: 'patch',
    fields: choice.value === undefined ? { choose: choice.choose } : { choose: choice.choose, value: choice.value },
    // Fixed, because a repeat must have the same content. Base 0: a caller who resolves here has seen what stands now.
    base: 0,
    at: 0,
  };
  const schemaVersion = serving.apps.get(space.app)?.schemaVersion ?? 1;
  const answer = await apply(serving, space, { clientId, schemaVersion, mutations: [mutation] });
  if (!answer.ok) return answer;
  const [accepted] = answer.value.accepted;
  if (accepted) return { ok: true, value: accepted };
  const [rejected] = answer.value.rejected;
  return rejected
    ? refuse(rejected.code, rejected.message, rejected.details)
    : refuse('UNAVAILABLE', 'the resolution was not answered; try again');
};
