import type { Mutation } from '@tidemark/protocol/messages';
import { inOrder, type Mirror } from '../store/mirror.ts';
import type { JournalRow, OutboxRow } from '../store/rows.ts';
import type { Change } from '../store/transactions.ts';
import { JOURNAL_AGE_MAX_MS, JOURNAL_ROWS_MAX } from './limits.ts';

/** Rows of the journal to add and, from its oldest end, to let go. */
export const journalRows = (mirror: Mirror, added: readonly JournalRow[], now: number): Map<string, JournalRow | null> => {
  const rows = new Map<string, JournalRow | null>();
  let surplus = mirror.journal.size + added.length - JOURNAL_ROWS_MAX;
  for (const [mutationId, row] of mirror.journal) {
    if (surplus <= 0 && row.at >= now - JOURNAL_AGE_MAX_MS) break;
    rows.set(mutationId, null);
    surplus -= 1;
  }
  for (const row of added) rows.set(row.mutation.mutationId, row);
  return rows;
};

/**
 * Takes a new clientId: what waits is numbered anew from 1, with the same mutationIds, so that nothing is lost and
 * nothing is applied twice. So is what was acknowledged and not pulled yet: with the old clientId goes what would tell
 * that a restored server has lost it.
 */
export const takeNewClientId = (mirror: Mirror, clientId: string, first: readonly OutboxRow[] = []): Change => {
  const { epoch } = mirror.meta;
  const outbox = new Map<string, OutboxRow | null>();
  let n = 0;
  const queue = (mutation: OutboxRow['mutation']): void => {
    if (outbox.has(mutation.mutationId)) return;
    n += 1;
    outbox.set(mutation.mutationId, { mutation: { ...mutation, n } });
  };
  for (const { mutation } of first) queue(mutation);
  for (const { mutation, settled } of inOrder(mirror)) {
    const kept = mirror.journal.get(mutation.mutationId);
    const lineage = kept?.epoch ?? epoch;
    const isOffer = settled !== undefined && lineage !== null && mutation.op !== 'void';
    queue(isOffer ? offer(mutation, lineage, kept?.seq ?? settled) : mutation);
  }
  return { rows: { outbox }, meta: { clientId, nextN: n + 1, receiptN: 0, ackedN: 0 } };
};

/**
 * Heals a restored server: under a new clientId, first what it had acknowledged and may have lost (the journal, each
 * with where it stood), then the outbox. What the server still has, it answers `duplicate`.
 */
export const offerJournal = (mirror: Mirror, clientId: string, now: number): Change => {
  const { epoch, heal } = mirror.meta;
  const lost: JournalRow[] = [];
  for (const row of mirror.journal.values()) {
    const recent = row.at >= now - JOURNAL_AGE_MAX_MS;
    const queued = mirror.outbox.get(row.mutation.mutationId);
    // What only waits for its state was acknowledged as well, and may be lost like the rest.
    const isQueued = queued !== undefined && queued.settled === undefined;
    if (recent && !isQueued && (heal?.all || row.epoch !== epoch)) lost.push(row);
  }
  // Healed writes are ordered by the server by their old seq; sending them so as well keeps each record's own history in order.
  lost.sort((a, b) => a.at - b.at || a.seq - b.seq || a.mutation.n - b.mutation.n);
  const offers = withGroupsWhole(lost).map((row): OutboxRow => ({ mutation: offer(row.mutation, row.epoch, row.seq) }));
  const renewed = takeNewClientId(mirror, clientId, offers);
  return { ...renewed, meta: { ...renewed.meta, heal: null } };
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

const offer = (mutation: Mutation, epoch: string, seq: number): Mutation => ({ ...mutation, healed: mutation.healed ?? { epoch, seq } });
