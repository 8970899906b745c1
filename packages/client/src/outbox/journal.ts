import { inOrder, type Mirror } from '../store/mirror.ts';
import type { JournalRow, OutboxRow } from '../store/rows.ts';
import type { Change } from '../store/transactions.ts';
import { JOURNAL_AGE_MAX_MS, JOURNAL_ROWS_MAX } from './limits.ts';

/** Rows of the journal to add and, from its oldest end, to let go. */
export const journalRows = (mirror: Mirror, added: ReadonlyMap<string, JournalRow | null>, now: number): Map<string, JournalRow | null> => {
  const rows = new Map<string, JournalRow | null>();
  let surplus = mirror.journal.size + added.size - JOURNAL_ROWS_MAX;
  for (const [mutationId, row] of mirror.journal) {
    if (surplus <= 0 && row.at >= now - JOURNAL_AGE_MAX_MS) break;
    rows.set(mutationId, null);
    surplus -= 1;
  }
  for (const [mutationId, row] of added) rows.set(mutationId, row);
  return rows;
};

/**
 * Takes a new clientId: first what was acknowledged and a restored server may have lost (the journal, each with where it stood),
 * then what waits, numbered anew from 1 with the same mutationIds, so that nothing is lost and nothing is applied twice. What the
 * server still has, it answers `duplicate`. All of the journal goes, whatever epoch it is of: a server may be restored to an epoch
 * that it has had before. And with each new clientId: only the numbers of the present one show, by `ackedN`, what the server has lost.
 */
export const takeNewClientId = (mirror: Mirror, clientId: string, now: number): Change => {
  const outbox = new Map<string, OutboxRow | null>();
  let n = 0;
  const queue = (mutation: OutboxRow['mutation']): void => {
    if (outbox.has(mutation.mutationId)) return;
    n += 1;
    outbox.set(mutation.mutationId, { mutation: { ...mutation, n } });
  };
  for (const { mutation, epoch, seq } of acknowledged(mirror, now)) queue({ healed: { epoch, seq }, ...mutation });
  for (const { mutation } of inOrder(mirror)) queue(mutation);
  return { rows: { outbox }, meta: { clientId, nextN: n + 1, receiptN: 0, ackedN: 0, heal: false } };
};

/** The recent rows of the journal, in the order in which they are offered, but what was offered before and had to be parked. */
const acknowledged = ({ journal, parked }: Mirror, now: number): JournalRow[] => {
  const rows = [...journal.values()].filter(({ mutation, at }) => at >= now - JOURNAL_AGE_MAX_MS && !parked.has(mutation.mutationId));
  // Healed writes are ordered by the server by their old seq; sending them so as well keeps each record's own history in order.
  return withGroupsWhole(rows.sort((a, b) => a.at - b.at || a.seq - b.seq || a.mutation.n - b.mutation.n));
};

/** A mutation of a group that changed nothing carries an older seq than the others, yet only a whole group is taken. */
const withGroupsWhole = (rows: readonly JournalRow[]): JournalRow[] => {
  const places = new Map<string, number>();
  const placed = rows.map((row, i) => {
    const { group, n } = row.mutation;
    const place = group === undefined ? i : (places.get(group) ?? i);
    if (group !== undefined) places.set(group, place);
    return { row, place, n };
  });
  return placed.sort((a, b) => a.place - b.place || a.n - b.n).map(({ row }) => row);
};
