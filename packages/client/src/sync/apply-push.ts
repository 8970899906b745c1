import type { PushAnswer } from '@tidemark/protocol/messages';
import { journalRows } from '../outbox/journal.ts';
import type { Mirror } from '../store/mirror.ts';
import type { JournalRow, Meta, OutboxRow, ParkedRow } from '../store/rows.ts';
import type { Change } from '../store/transactions.ts';
import { healing } from './healing.ts';

/**
 * Plans what a push answer changes, all in one transaction: verdicts out of the outbox, refused ones into the parked list,
 * accepted ones into the journal, counters. Only rows with a verdict leave the outbox. A repeat of the answer, or the same
 * verdicts in another tab, change nothing more. `asked`: what was true when the request was made; an answer to an earlier
 * clientId changes nothing, for all of it is sent again under the present one, whose numbers tell what a restored server lost.
 *
 * Records change by pages only: an accepted edit stays on top of its record until the pull that follows, or the event stream,
 * brings the state that it led to. So no state is ever guessed here.
 */
export const applyPush = (mirror: Mirror, answer: PushAnswer, asked: Meta, now: number): Change | null => {
  const { meta } = mirror;
  if (asked.clientId !== meta.clientId) return null;
  const { epoch } = answer;
  const heal = healing(meta, asked, answer);
  const outbox = new Map<string, OutboxRow | null>();
  const parked = new Map<string, ParkedRow | null>();
  const journal = new Map<string, JournalRow | null>();
  let { receiptN } = meta;
  for (const item of [...answer.accepted, ...answer.rejected]) {
    const { mutationId } = item;
    const row = mirror.outbox.get(mutationId);
    if (row === undefined || row.settled !== undefined) continue;
    receiptN = Math.max(receiptN, row.mutation.n);
    outbox.set(mutationId, null);
    const given = mirror.parked.get(mutationId);
    const isVoid = row.mutation.op === 'void';
    const mutation = row.mutation.op === 'void' ? given?.mutation : row.mutation;
    if (mutation === undefined) continue;
    if ('code' in item) {
      // One that was offered again: from now on the parked list has it, or a person has let it go.
      journal.set(mutationId, null);
      const { code, message, details = {} } = item;
      // The verdict that was stored before a mutation was given up says more than the failure of a request.
      if (!isVoid || code !== 'VOIDED') parked.set(mutationId, { parkedAt: now, ...given, mutation, error: { code, message, details } });
      continue;
    }
    // A void that is answered by an acceptance: the mutation had been applied before it was given up.
    if (isVoid) parked.set(mutationId, null);
    const { seq, first, status, conflictIds = [] } = item;
    journal.set(mutationId, { mutation, epoch, seq, at: now, status: first ?? (status === 'duplicate' ? 'applied' : status), conflictIds });
    if (seq > meta.seq && !heal) outbox.set(mutationId, { mutation, settled: seq });
  }
  if (outbox.size === 0 && !heal) return null;
  return {
    rows: { outbox, parked, journal: journalRows(mirror, journal, now) },
    meta: { receiptN, spaceId: meta.spaceId ?? answer.spaceId, pushed: answer.pushed ?? null, ...heal },
  };
};
