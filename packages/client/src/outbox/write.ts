import { type AppDefinition, faultText, ok, type Result, refuse } from '@tidemark/protocol';
import type { Written } from '../client.ts';
import type { ClientEnv } from '../platform/client-env.ts';
import type { RowChanges } from '../store/mirror.ts';
import type { Change, Transactions } from '../store/transactions.ts';
import { type Edit, planEdits } from './queue.ts';

/** Queues edits, all or none, as a group if it has a name; `also` are rows that change with them. Resolves when all is durable here. */
export type Write = (edits: readonly Edit[], group?: string, also?: RowChanges) => Promise<Result<readonly Written[]>>;

/**
 * `onQueued` is called after something was queued. Refused as planEdits does, or with STORAGE_FULL where the local store
 * could not keep it; then nothing has changed.
 */
export const createWriter =
  (app: AppDefinition, env: ClientEnv, transactions: Transactions, onQueued: () => void): Write =>
  async (edits, group, also) => {
    const stamp = { app, at: env.wall(), group };
    let planned: Result<Change> = ok({});
    try {
      await transactions.run((mirror) => {
        planned = planEdits(mirror, edits, stamp);
        if (!planned.ok) return null;
        const { rows, meta = {} } = planned.value;
        return rows?.outbox?.size || also ? { rows: { ...rows, ...also }, meta } : null;
      });
    } catch (fault) {
      return refuse('STORAGE_FULL', `The local store failed: ${faultText(fault)}`);
    }
    return finish(planned, edits, onQueued);
  };

const finish = (planned: Result<Change>, edits: readonly Edit[], onQueued: () => void): Result<readonly Written[]> => {
  if (!planned.ok) return planned;
  if (planned.value.rows?.outbox?.size) onQueued();
  return ok(edits.map(({ id, mutationId }) => ({ id, mutationId })));
};
