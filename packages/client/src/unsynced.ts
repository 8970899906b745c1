import type { JsonObject, Result } from '@tidemark/protocol';
import type { ClientOptions, Written } from './client.ts';
import { writeOne } from './collection-handle.ts';
import { changedFields } from './outbox/queue.ts';
import { refuseAbout } from './refuse-about.ts';
import type { Session } from './session.ts';
import { pendingMutations } from './store/mirror.ts';
import { toRow } from './store/rows.ts';
import { raise } from './view/fold.ts';
import { collectionOf } from './view/view.ts';

/**
 * Queues a parked mutation again, as a new mutation on the present state; it leaves the parked list in the same transaction. One of
 * an older schemaVersion is brought up to date; where it cannot be, it is refused and stays parked.
 */
export const retryParked = async (session: Session, mutationId: string): Promise<Result<Written>> => {
  const { app, env, transactions } = session;
  const { parked, outbox } = transactions.mirror;
  const row = parked.get(mutationId);
  if (row === undefined) return refuseAbout('NOT_FOUND', mutationId);
  // Until its void is answered it may still turn out to have been applied; a copy would then apply twice.
  if (outbox.has(mutationId)) return refuseAbout('UNAVAILABLE', 'the server has not answered yet');
  const { collection, id, op, fields = {}, was = {}, schemaVersion = app.schemaVersion } = row.mutation;
  const definition = collectionOf(app, collection);
  const now = (given: JsonObject): JsonObject => (definition ? raise({ app, collection: definition }, given, schemaVersion) : given);
  // What only an up-caster filled in, the author of a patch did not name.
  const fieldsNow = op === 'put' ? now(fields) : changedFields(now(fields), now(was)).fields;
  const edit = { mutationId: env.uuid(), collection, id, op, fields: fieldsNow, schemaVersion };
  return writeOne(session, edit, { parked: new Map([[mutationId, null]]) });
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
