import { addHash, recordHash, subtractHash } from '@tidemark/protocol';
import { chainHash } from '../hash.ts';
import type { LogRow, SpaceRow } from '../storage/storage.ts';
import type { Journal } from './overlay.ts';

/** The part of a record's state that the digest looks at. */
export interface DigestState {
  readonly collection: string;
  readonly id: string;
  readonly seq: number;
  readonly fieldsJson: string;
  readonly deleted: boolean;
}

/** The end of the log as it grows while a plan is made: head, chain hash and digest with it. */
export interface LogDraft {
  readonly changes: readonly LogRow[];
  head(): number;
  /** Appends a change (its seq must be the next) that brings a record from `previous` to `next`. `row.hash` is set here. */
  add(row: UnhashedRow, previous: DigestState | undefined, next: DigestState): void;
  /** What the space's row says of the new end. */
  close(): Pick<SpaceRow, 'head' | 'hash' | 'digest'>;
}

/** A change in the making: its hash follows from all the rest. */
export type UnhashedRow = Omit<LogRow, 'hash'> & { hash: string };

type DigestEntry = readonly [count: number, high: number, low: number];

const NO_RECORDS: DigestEntry = [0, 0, 0];

const nextDigest = (before: DigestEntry, previous: DigestState | undefined, next: DigestState): DigestEntry => {
  let count = before[0];
  let lanes: readonly [number, number] = [before[1], before[2]];
  if (previous && !previous.deleted) {
    lanes = subtractHash(lanes, recordHash(previous.collection, previous.id, previous.seq, previous.fieldsJson));
    count -= 1;
  }
  if (!next.deleted) {
    lanes = addHash(lanes, recordHash(next.collection, next.id, next.seq, next.fieldsJson));
    count += 1;
  }
  return [count, lanes[0], lanes[1]];
};

export const createLogDraft = (space: SpaceRow, journal: Journal): LogDraft => {
  const changes: LogRow[] = [];
  const digest = new Map(Object.entries(space.digest));
  let hash = space.hash;
  return {
    changes,
    head: () => space.head + changes.length,
    add: (row, previous, next) => {
      const before = { hash, digest: digest.get(row.collection) };
      hash = chainHash(hash, row);
      row.hash = hash;
      changes.push(row);
      digest.set(row.collection, nextDigest(before.digest ?? NO_RECORDS, previous, next));
      journal.add(() => {
        changes.pop();
        hash = before.hash;
        if (before.digest) digest.set(row.collection, before.digest);
        else digest.delete(row.collection);
      });
    },
    close: () => ({ head: space.head + changes.length, hash, digest: Object.fromEntries(digest) }),
  };
};
