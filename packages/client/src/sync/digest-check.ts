import { addHash, canonicalJson, digestText, type Env, type Lanes, type Refusal, recordHash } from '@tidemark/protocol';
import type { DigestAnswer } from '@tidemark/protocol/messages';
import type { Mirror } from '../store/mirror.ts';
import { isDigestAnswer } from './answers.ts';
import { startOver } from './apply-page.ts';
import type { Round } from './round.ts';

/** Between two comparisons with the server, in milliseconds; after each repair in a row it doubles, up to the second. */
const DIGEST_INTERVAL_MS = 5 * 60_000;
const DIGEST_INTERVAL_MAX_MS = 60 * 60_000;

/** Nothing pending, nothing half loaded: only then can digests be compared. */
const isAtRest = ({ meta, outbox }: Mirror): boolean => meta.cursor !== null && meta.staging === null && !meta.heal && outbox.size === 0;

/** Names the collections whose local records are not those of the digest. One without live records may be left out of it. */
const differences = ({ records }: Mirror, { collections }: DigestAnswer): string[] => {
  const local = new Map<string, { readonly count: number; readonly sum: Lanes }>();
  for (const { collection, id, seq, deleted, fields } of records.values()) {
    if (deleted || fields === undefined) continue;
    const { count, sum } = local.get(collection) ?? { count: 0, sum: [0, 0] };
    local.set(collection, { count: count + 1, sum: addHash(sum, recordHash(collection, id, seq, canonicalJson(fields))) });
  }
  return [...new Set([...local.keys(), ...Object.keys(collections)])].filter((name) => {
    const [ours, theirs] = [local.get(name), collections[name]];
    return (ours?.count ?? 0) !== (theirs?.count ?? 0) || (ours && digestText(ours.sum) !== theirs?.sum);
  });
};

/**
 * Compares the local records with the server's (G11): at most every few minutes, and seldomer while it finds differences,
 * since a fault of the code must not become a loop of snapshots. Where they differ at the same position, the records are
 * loaded again from a snapshot at the next pull, and the answer says so.
 */
export const createDigestWatch = (env: Pick<Env, 'mono'>) => {
  let next = Number.NEGATIVE_INFINITY;
  let repairs = 0;
  const isDue = (): boolean => env.mono() >= next;
  const findDifference = async ({ transactions, calls, isCurrent }: Round): Promise<Refusal | null> => {
    const { mirror } = transactions;
    if (!isDue() || !isAtRest(mirror) || !isCurrent()) return null;
    const answer = await calls.ask('/sync/digest', isDigestAnswer);
    if (!answer.ok || !isAtRest(mirror) || answer.value.seq !== mirror.meta.seq || answer.value.epoch !== mirror.meta.epoch) return null;
    const digest = differences(mirror, answer.value);
    repairs = digest.length === 0 ? 0 : repairs + 1;
    next = env.mono() + Math.min(DIGEST_INTERVAL_MS * 2 ** repairs, DIGEST_INTERVAL_MAX_MS);
    if (repairs === 0) return null;
    await transactions.run(startOver);
    const message = `Differed, loaded again: ${digest}`;
    return { code: 'INTERNAL', message, details: { digest } };
  };
  return { isDue, findDifference };
};
