import {
  type AppDefinition,
  CONFLICTS,
  type JsonObject,
  jsonEqual,
  ok,
  type Result,
  upcastConflictValue,
  upcastFields,
} from '@tidemark/protocol';
import type { Mutation } from '@tidemark/protocol/messages';
import type { ClientOptions, Written } from './client.ts';
import { writeOne } from './collection-handle.ts';
import { refuseAbout } from './refuse-about.ts';
import type { Session } from './session.ts';
import { pendingMutations } from './store/mirror.ts';
import { toRow } from './store/rows.ts';
import { collectionOf } from './view/view.ts';

/** Queues a parked mutation again, as a new mutation on the present state; it leaves the parked list in the same transaction. UPCAST_FAILED: stays there. */
export const retryParked = async (session: Session, mutationId: string): Promise<Result<Written>> => {
  const { parked, outbox } = session.transactions.mirror;
  const row = parked.get(mutationId);
  if (row === undefined) return refuseAbout('NOT_FOUND', mutationId);
  // Until its void is answered it may still turn out to have been applied; a copy would then apply twice.
  if (outbox.has(mutationId)) return refuseAbout('UNAVAILABLE', 'the server has not answered yet');
  const { collection, id, op } = row.mutation;
  const fields = fieldsNow(session, row.mutation);
  if (!fields.ok) return fields;
  const edit = { mutationId: session.env.uuid(), collection, id, op, fields: fields.value };
  return writeOne(session, edit, { parked: new Map([[mutationId, null]]) });
};

/** What a mutation sends, at the app's schemaVersion. Of a patch without what only an up-caster filled in: its author did not name that. */
const fieldsNow = ({ app, view }: Session, mutation: Mutation): Result<JsonObject | undefined> => {
  const { collection, id, op, fields, was = {}, schemaVersion: from = app.schemaVersion } = mutation;
  const definition = collectionOf(app, collection);
  if (fields === undefined || from === app.schemaVersion || definition === undefined) return ok(fields);
  if (collection === CONFLICTS) return ok(resolutionNow(app, view.get(CONFLICTS, id), fields, from));
  const raised = upcastFields(app, definition, fields, from);
  const seen = upcastFields(app, definition, was, from);
  if (!raised.ok || !seen.ok || op === 'put') return raised;
  return ok(Object.fromEntries(Object.entries(raised.value).filter(([name, value]) => !jsonEqual(seen.value[name], value))));
};

/** A choice between the values of a conflict is the same in every version; a value that the person wrote is brought up to date. */
const resolutionNow = (app: AppDefinition, conflict: JsonObject | undefined, fields: JsonObject, from: number): JsonObject => {
  const { collection, field } = conflict ?? {};
  const definition = typeof collection === 'string' ? collectionOf(app, collection) : undefined;
  if (fields.value === undefined || definition === undefined || typeof field !== 'string') return fields;
  return { ...fields, value: upcastConflictValue(app, definition, { field, value: fields.value }, from).value };
};

/** Everything that is only here, as JSON for a file. */
export const exportUnsynced = ({ app, account }: ClientOptions, { transactions: { mirror }, env }: Session): JsonObject => ({
  app: app.name,
  account: { ...account },
  exportedAt: env.wall(),
  outbox: pendingMutations(mirror).map(toRow),
  parked: [...mirror.parked.values()].map(toRow),
  replaced: [...mirror.kept.values()].map(toRow),
});
