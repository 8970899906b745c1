import { addHash, canonicalJson, digestText, type Env, type Lanes, type Refusal, recordHash } from '@tidemark/protocol';
import type { CollectionDigest } from '@tidemark/protocol/messages';
import type { Mirror } from '../store/mirror.ts';
import { isDigestAnswer } from './answers.ts';
import { startOver } from './apply-page.ts';
import type { Round } from './round.ts';

/** Between two comparisons with the server, in milliseconds; after each repair in a row it doubles, up to the second. */
const DIGEST_INTERVAL_MS = 5 * 60_000;
const DIGEST_INTERVAL_MAX_MS = 60 * 60_000;

/** The digest of the local records, per collection; holds for the stored cursor. */
export const localDigest = (mirror: Mirror): { readonly [collection: string]: CollectionDigest } => {
  const sums = new Map<string, { count: number; sum: Lanes }>();
  for (const { collection, id, seq, deleted, fields } of mirror.records.values()) {
    if (deleted || fields === undefined) continue;
    const entry = sums.get(collection) ?? { count: 0, sum: [0, 0] };
    entry.count += 1;
    entry.sum = addHash(entry.sum, recordHash(collection, id, seq, canonicalJson(fields)));
    sums.set(collection, entry);
  }
  return Object.fromEntries([...sums].map(([name, { count, sum }]) => [name, { count, sum: digestText(sum) }]));
};

/** Nothing pending, nothing half loaded, no state beyond the cursor: only then can digests be compared. */
const isAtRest = (mirror: Mirror): boolean => {
  const { meta } = mirror;
  if (meta.cursor === null || meta.staging !== null || meta.heal !== null) return false;
  if (mirror.outbox.size > 0) return false;
  for (const record of mirror.records.values()) if (record.seq > meta.seq) return false;
  return true;
};

/**
 * Compares the local records with the server's (G11). Where they differ at the same position, the records are loaded
 * again from a snapshot at the next pull, and the names of the collections are answered; else an empty list. Null: not comparable now.
 */
export const checkDigest = async (round: Round): Promise<readonly string[] | null> => {
  const { transactions, calls } = round;
  if (!isAtRest(transactions.mirror) || !round.isCurrent()) return null;
  const answer = await calls.get('/sync/digest');
  if (!answer.ok || !isDigestAnswer(answer.body)) return null;
  const { collections, seq, epoch } = answer.body;
  const { mirror } = transactions;
  if (!isAtRest(mirror) || seq !== mirror.meta.seq || epoch !== mirror.meta.epoch) return null;
  const local = localDigest(mirror);
  const names = new Set([...Object.keys(collections), ...Object.keys(local)]);
  const differing = [...names].filter((name) => !same(collections[name], local[name]));
  if (differing.length > 0) await transactions.run(startOver);
  return differing;
};

/** A collection without live records may be left out. */
const same = (a: CollectionDigest | undefined, b: CollectionDigest | undefined): boolean =>
  (a?.count ?? 0) === (b?.count ?? 0) && ((a?.count ?? 0) === 0 || a?.sum === b?.sum);

/** Compares at most every few minutes, and seldomer while it finds differences: a fault of the code must not become a loop of snapshots. */
export const createDigestWatch = (env: Pick<Env, 'mono'>): { check(round: Round): Promise<Refusal | null> } => {
  let next = Number.NEGATIVE_INFINITY;
  let repairs = 0;
  return {
    check: async (round) => {
      if (env.mono() < next) return null;
      const differing = await checkDigest(round);
      if (differing === null) return null;
      repairs = differing.length === 0 ? 0 : repairs + 1;
      next = env.mono() + Math.min(DIGEST_INTERVAL_MS * 2 ** repairs, DIGEST_INTERVAL_MAX_MS);
      if (repairs === 0) return null;
      const message = `The records here differed from the server's in ${differing.join(', ')}; they were loaded again`;
      return { code: 'INTERNAL', message, details: { digest: differing } };
    },
  };
};
