import { addHash, digestText, recordHash } from '@tidemark/protocol';
import type { SpaceRef } from '../engine.ts';
import { chainHash } from '../hash.ts';
import type { SpaceRow } from '../storage/storage.ts';
import type { Serving } from './context.ts';
import { digestOf } from './digest.ts';

export interface Verification {
  readonly records: number;
  readonly changes: number;
  /** One sentence each; empty = sound. */
  readonly problems: readonly string[];
}

const PAGE = { limit: 5_000, bytesMax: 8 * 1024 * 1024 };

const verifyLog = async (serving: Serving, space: SpaceRow, problems: string[], onRow: () => void): Promise<number> => {
  let hash = space.floorHash;
  let seq = space.floor;
  for (;;) {
    const rows = await serving.storage.readLog(space.key, { after: seq, ...PAGE });
    if (rows.length === 0) break;
    for (const row of rows) {
      if (row.seq !== seq + 1) problems.push(`the log jumps from seq ${seq} to ${row.seq}`);
      hash = chainHash(hash, row);
      if (hash !== row.hash) problems.push(`the chain hash at seq ${row.seq} does not match what the change says`);
      hash = row.hash;
      seq = row.seq;
      onRow();
    }
  }
  if (seq !== space.head) problems.push(`the log ends at seq ${seq}, the head is ${space.head}`);
  if (hash !== space.hash) problems.push('the chain hash at the head is not the one of the last change');
  return seq - space.floor;
};

const verifyRecords = async (serving: Serving, space: SpaceRow, problems: string[], onRow: () => void): Promise<number> => {
  const sums = new Map<string, { count: number; sum: readonly [number, number] }>();
  let after: { collection: string; id: string } | undefined;
  let records = 0;
  for (;;) {
    const rows = await serving.storage.readRecords(space.key, { ...PAGE, ...(after ? { after } : {}) });
    const last = rows.at(-1);
    if (last === undefined) break;
    for (const row of rows) {
      const { count, sum } = sums.get(row.collection) ?? { count: 0, sum: [0, 0] as const };
      sums.set(row.collection, { count: count + 1, sum: addHash(sum, recordHash(row.collection, row.id, row.seq, row.fieldsJson)) });
      onRow();
    }
    records += rows.length;
    after = { collection: last.collection, id: last.id };
  }
  const stored = digestOf(space);
  for (const collection of new Set([...sums.keys(), ...Object.keys(stored)])) {
    const found = sums.get(collection) ?? { count: 0, sum: [0, 0] as const };
    const kept = stored[collection] ?? { count: 0, sum: digestText([0, 0]) };
    if (found.count !== kept.count) problems.push(`collection ${collection} has ${found.count} records, its digest counts ${kept.count}`);
    else if (digestText(found.sum) !== kept.sum) problems.push(`the records of collection ${collection} do not match its digest`);
  }
  return records;
};

/** Recomputes the log's chain and the digest from the stored rows. Nothing may be appended meanwhile. */
export const verify = async (serving: Serving, ref: SpaceRef, onProgress?: (done: number) => void): Promise<Verification> => {
  const space = await serving.ensureSpace(ref);
  const problems: string[] = [];
  let done = 0;
  const onRow = (): void => {
    done += 1;
    if (done % 1_000 === 0) onProgress?.(done);
  };
  const changes = await verifyLog(serving, space, problems, onRow);
  const records = await verifyRecords(serving, space, problems, onRow);
  return { records, changes, problems };
};
