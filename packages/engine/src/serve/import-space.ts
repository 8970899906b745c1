import { addHash, ok, type Result, recordHash, refuse } from '@tidemark/protocol';
import type { SpaceRef } from '../engine.ts';
import { chainHash } from '../hash.ts';
import { isMeta } from '../plan/meta.ts';
import { type Append, type LogRow, type ReceiptRow, type SpaceRow, StorageFailure } from '../storage/storage.ts';
import type { Serving } from './context.ts';
import { changeOf, importReceiptId, type WholeRecord, type WholeSpace } from './whole-space.ts';

/** A storage may number changes up to 2^40; a log that is brought in leaves it enough to go on. */
const SEQ_MAX = 2 ** 32;
/** A log may not come from the future: its commit times would hold the next ones up there. */
const AHEAD_MS_MAX = 24 * 3_600_000;

/** Does the log hang together: no seq twice, complete from the floor on, and every link of the chain right? Answers what is wrong. */
const logFault = ({ seq: head, hash, floor, floorHash }: WholeSpace, log: readonly LogRow[], now: number): string | undefined => {
  if (!(head <= SEQ_MAX)) return `seq ${head} is beyond ${SEQ_MAX}`;
  if (floor > head) return `the log begins at seq ${floor}, behind its head ${head}`;
  let before = { seq: 0, updatedAt: 0, hash: floorHash };
  for (const row of log) {
    const { seq, prevSeq, updatedAt } = row;
    if (seq <= before.seq) return `two changes have the seq ${seq}`;
    if (seq > head || prevSeq >= seq) return `the change at seq ${seq} follows none that is here`;
    if (updatedAt < before.updatedAt || updatedAt > now + AHEAD_MS_MAX) return `the commit time of the change at seq ${seq} cannot be`;
    if (seq > floor && seq !== Math.max(before.seq, floor) + 1) return `the change before seq ${seq} is missing`;
    if (seq > floor && chainHash(Math.max(before.seq, floor) === floor ? floorHash : before.hash, row) !== row.hash)
      return `the hash of the change at seq ${seq} does not fit it`;
    before = row;
  }
  if (before.seq !== head || before.hash !== hash) return `the change at the head, seq ${head}, is missing or has another hash`;
  return undefined;
};

const recordFault = (records: readonly WholeRecord[], newest: ReadonlyMap<string, LogRow>): string | undefined => {
  const other = records.find(({ collection, id, seq }) => newest.get(`${collection}\u0000${id}`)?.seq !== seq);
  if (other !== undefined) return `${other.collection}/${other.id} is not in its newest state`;
  const unmarked = records.find(({ metaJson }) => !isMeta(JSON.parse(metaJson)));
  return unmarked && `the meta of ${unmarked.collection}/${unmarked.id} cannot be read`;
};

const digestOf = (records: readonly WholeRecord[]): SpaceRow['digest'] => {
  const digest = new Map<string, readonly [number, number, number]>();
  for (const { collection, id, seq, fieldsJson, deleted } of records) {
    if (deleted) continue;
    const [count, ...lanes] = digest.get(collection) ?? [0, 0, 0];
    const [high, low] = addHash(lanes, recordHash(collection, id, seq, fieldsJson));
    digest.set(collection, [count + 1, high, low]);
  }
  return Object.fromEntries(digest);
};

const receiptOfImport = (importId: string, { seq }: WholeSpace): ReceiptRow => ({
  mutationId: importReceiptId(importId),
  hash: importId,
  verdict: 'applied',
  seq,
  revision: 0,
  collection: '',
  id: '',
  extraJson: null,
});

/** The append that makes an empty space this one: with its seqs, revisions, times and hashes, but under an epoch of its own. */
const appendOf = (serving: Serving, row: SpaceRow, whole: WholeSpace, log: readonly LogRow[], importId: string): Append => {
  const { seq: head, hash, floor, floorHash, records, receipts } = whole;
  const committedAt = Math.max(row.committedAt, log.at(-1)?.updatedAt ?? 0);
  const state = { head, hash, floor, floorHash, committedAt, epoch: serving.env.uuid(), epochStart: head, digest: digestOf(records) };
  return {
    expectedAppends: row.appends,
    space: { ...row, ...state, appends: row.appends + 1 },
    changes: log,
    records: records.map(({ change: _, ...record }) => record),
    receipts: [...receipts, receiptOfImport(importId, whole)],
    clients: [],
  };
};

/**
 * Makes an empty space exactly this one, in one append: seqs, revisions, times, who wrote which field, tombstones, open conflicts, and
 * the log and receipts as far as they are given. The space keeps its own spaceId and gets a new epoch (docs/decisions/0019). Answers
 * false, and stores nothing, where the space is not empty. Refused with IMPORT_REFUSED where the parts do not hang together.
 */
export const importSpace = async (
  serving: Serving,
  space: SpaceRef,
  whole: WholeSpace,
  importId: string,
  dryRun = false,
): Promise<Result<boolean>> => {
  const log = [...whole.records.map(changeOf), ...whole.changes].sort((a, b) => a.seq - b.seq);
  const newest = new Map(log.map((row) => [`${row.collection}\u0000${row.id}`, row]));
  const fault = logFault(whole, log, serving.env.wall()) ?? recordFault(whole.records, newest);
  if (fault !== undefined) return refuse('IMPORT_REFUSED', `The log in the file does not hang together: ${fault}.`);
  for (;;) {
    const row = await serving.ensureSpace(space);
    if (row.head > 0 || dryRun) return ok(row.head === 0);
    const { receipts: known } = await serving.storage.load(space.key, {
      records: [],
      receipts: whole.receipts.map(({ mutationId }) => mutationId),
      clients: [],
    });
    const here = new Set(known.map(({ mutationId }) => mutationId));
    // What this space has answered stays as it was answered.
    const receipts = whole.receipts.filter(({ mutationId }) => !here.has(mutationId));
    const append = appendOf(serving, row, { ...whole, receipts }, log, importId);
    if (await isStored(serving, append)) {
      serving.queues.poke(space.key);
      return ok(true);
    }
  }
};

/** Stores it, if the space is still as it was; of a commit of unknown outcome the epoch tells. */
const isStored = async ({ storage }: Serving, append: Append): Promise<boolean> => {
  try {
    return (await storage.append(append)) === 'stored';
  } catch (fault) {
    if (!(fault instanceof StorageFailure) || fault.outcome === 'nothing') throw fault;
    return (await storage.readSpace(append.space.key))?.epoch === append.space.epoch;
  }
};
