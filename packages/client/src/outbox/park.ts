import type { Refusal } from '@tidemark/protocol';
import type { Mirror } from '../store/mirror.ts';
import type { OutboxRow, ParkedRow } from '../store/rows.ts';
import type { Change } from '../store/transactions.ts';
import type { Unit } from './batch.ts';

/**
 * Sets aside the mutations that alone make the server refuse a request. Each leaves a void in the outbox, which uses
 * its number and asks for its verdict, so that the others go on and a mutation that was applied after all is found out.
 */
export const parkUnit = (mirror: Mirror, unit: Unit, error: Refusal, now: number): Change | null => {
  const outbox = new Map<string, OutboxRow>();
  const parked = new Map<string, ParkedRow>();
  for (const { mutation } of unit) {
    const row = mirror.outbox.get(mutation.mutationId);
    if (row === undefined || row.mutation.op === 'void' || row.settled !== undefined) continue;
    const { mutationId, n } = row.mutation;
    parked.set(mutationId, { mutation: row.mutation, error, parkedAt: now });
    outbox.set(mutationId, { mutation: { mutationId, n, op: 'void' } });
  }
  return parked.size === 0 ? null : { rows: { outbox, parked } };
};

/** The server knows this mutationId with other content (an id that was not random): it goes again under another. */
export const renameMutation = (mirror: Mirror, mutationId: string, newId: string): Change | null => {
  const row = mirror.outbox.get(mutationId);
  if (row === undefined) return null;
  const outbox = new Map<string, OutboxRow | null>([
    [mutationId, null],
    [newId, { mutation: { ...row.mutation, mutationId: newId } }],
  ]);
  return { rows: { outbox } };
};
