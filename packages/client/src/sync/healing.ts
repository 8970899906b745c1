import type { Meta } from '../store/rows.ts';

/** What an answer says of where the server is. */
interface Whereabouts {
  readonly epoch: string;
  readonly ackedN?: number | undefined;
  readonly reset?: string | undefined;
}

/**
 * A server that forgot receipts it gave, or that has another epoch, was restored from a backup: what it lost is to be offered again.
 * One that knows numbers this store has not given out yet may have forgotten some as well: they are of a twin, a copy of this store
 * under the same clientId, and hide it. `asked`: what was true when the request was made.
 */
export const healing = (meta: Meta, asked: Meta, { epoch, ackedN, reset }: Whereabouts): Pick<Meta, 'heal'> | undefined => {
  if (meta.heal) return undefined;
  const isForgotten = asked.clientId === meta.clientId && ackedN !== undefined && (ackedN < asked.receiptN || ackedN >= meta.nextN);
  return isForgotten || reset === 'epoch' || (meta.epoch !== null && epoch !== meta.epoch) ? { heal: true } : undefined;
};
