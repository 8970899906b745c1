import { type AppDefinition, ok, type Refusal, type Result, refuse } from '@tidemark/protocol';
import type { Written } from '../client.ts';
import type { ClientEnv } from '../platform/client-env.ts';
import type { Change, Transactions } from '../store/transactions.ts';
import { type Edit, planEdits } from './queue.ts';

/** Queues edits, all or none, as a group if it has a name; `also` are rows that change with them. Resolves when all is durable here. */
export type Write = (edits: readonly Edit[], group?: string, also?: Change['rows']) => Promise<Result<readonly Written[]>>;

export interface WriterOptions {
  readonly app: AppDefinition;
  readonly env: ClientEnv;
  readonly transactions: Transactions;
  /** Called after something was queued. */
  readonly onQueued: () => void;
}

/** Refused as planEdits does, or with STORAGE_FULL where the local store could not keep it; then nothing has changed. */
export const createWriter =
  ({ app, env, transactions, onQueued }: WriterOptions): Write =>
  async (edits, group, also) => {
    const stamp = { app, at: env.wall(), ...(group === undefined ? {} : { group }) };
    let refused: Refusal | null = null;
    let queued = 0;
    try {
      await transactions.run((mirror) => {
        const planned = planEdits(mirror, edits, stamp);
        refused = planned.ok ? null : planned.error;
        queued = planned.ok ? (planned.value.rows?.outbox?.size ?? 0) : 0;
        return planned.ok && (queued > 0 || also) ? { ...planned.value, rows: { ...planned.value.rows, ...also } } : null;
      });
    } catch (fault) {
      return refuse('STORAGE_FULL', `The edit could not be stored here: ${fault instanceof Error ? fault.message : String(fault)}`);
    }
    if (refused !== null) return { ok: false, error: refused };
    if (queued > 0) onQueued();
    return ok(edits.map(({ id, mutationId }) => ({ id, mutationId })));
  };
