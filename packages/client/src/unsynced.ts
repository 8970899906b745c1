import type { JsonObject, Result } from '@tidemark/protocol';
import type { ClientOptions, Written } from './client.ts';
import { writeOne } from './collection-handle.ts';
import { refuseAbout } from './refuse-about.ts';
import type { Session } from './session.ts';
import { pendingMutations } from './store/mirror.ts';
import { toRow } from './store/rows.ts';

/** Queues a parked mutation again, as a new mutation on the present state; it leaves the parked list in the same transaction. */
export const retryParked = async (session: Session, mutationId: string): Promise<Result<Written>> => {
  const { parked, outbox } = session.transactions.mirror;
  const row = parked.get(mutationId);
  if (row === undefined) return refuseAbout('NOT_FOUND', mutationId);
  // Until its void is answered it may still turn out to have been applied; a copy would then apply twice.
  if (outbox.has(mutationId)) return refuseAbout('UNAVAILABLE', 'the server has not answered yet');
  const { collection, id, op, fields } = row.mutation;
  const edit = { mutationId: session.env.uuid(), collection, id, op, fields: fields && toRow(fields) };
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
