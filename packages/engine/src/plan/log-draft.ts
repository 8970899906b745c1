import { recordHash } from '@tidemark/protocol';
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

/** A record that a plan has changed: as it was stored, and as it is to be. */
export interface DigestStep {
  readonly before: DigestState | undefined;
  readonly after: DigestState;
}

/** The end of the log as it grows while a plan is made. */
export interface LogDraft {
  readonly changes: readonly LogRow[];
  head(): number;
  /** The chain hash there, once the draft was closed. */
  hash(): string;
  /** Appends a change; its seq must be the next. */
  add(row: UnhashedRow): void;
  /** What the space's row says of the new end. `row.hash` of all changes is set here: a plan that is taken back hashes nothing. */
  close(records: Iterable<DigestStep>): Pick<SpaceRow, 'head' | 'hash' | 'digest'>;
}

/** A change in the making: its hash follows from all the rest. */
export type UnhashedRow = Omit<LogRow, 'hash'> & { hash: string };

/** A collection's entry of the digest, as it is summed up. */
interface Sum {
  count: number;
  high: number;
  low: number;
}

const addTo = (sum: Sum, { collection, id, seq, fieldsJson, deleted }: DigestState, sign: 1 | -1): void => {
  if (deleted) return;
  const [high, low] = recordHash(collection, id, seq, fieldsJson);
  sum.count += sign;
  sum.high = (sum.high + sign * high) >>> 0;
  sum.low = (sum.low + sign * low) >>> 0;
};

/** The digest with the records as they are to be, in place of what was stored of them. */
const nextDigest = (stored: SpaceRow['digest'], records: Iterable<DigestStep>): SpaceRow['digest'] => {
  const sums = new Map<string, Sum>();
  for (const [collection, [count, high, low]] of Object.entries(stored)) sums.set(collection, { count, high, low });
  for (const { before, after } of records) {
    const sum = sums.get(after.collection) ?? { count: 0, high: 0, low: 0 };
    if (before !== undefined) addTo(sum, before, -1);
    addTo(sum, after, 1);
    sums.set(after.collection, sum);
  }
  return Object.fromEntries([...sums].map(([collection, { count, high, low }]) => [collection, [count, high, low]]));
};

export const createLogDraft = (space: SpaceRow, journal: Journal): LogDraft => {
  const changes: UnhashedRow[] = [];
  const undo = (): void => void changes.pop();
  return {
    changes,
    head: () => space.head + changes.length,
    hash: () => changes.at(-1)?.hash ?? space.hash,
    add: (row) => {
      changes.push(row);
      journal.add(undo);
    },
    close: (records) => {
      let { hash } = space;
      for (const row of changes) {
        hash = chainHash(hash, row);
        row.hash = hash;
      }
      return { head: space.head + changes.length, hash, digest: nextDigest(space.digest, records) };
    },
  };
};
