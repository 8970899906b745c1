import type { Result } from '@tidemark/protocol';

/** A record that its server keeps whole, with the number of its writes and the client's time of the last one. */
export interface Versioned {
  readonly id: string;
  /** Milliseconds. */
  readonly updatedAt: number;
  /** From 1; absent is 1. */
  readonly version?: number;
}

/** What a merge could not keep: of which field, and whose. */
export interface Lost {
  readonly field: string;
  readonly side: 'mine' | 'theirs';
}

/** What an upload client must know about the records it syncs. */
export interface UploadKind<T extends Versioned> {
  /** Name of the app, for the keys in the storage. */
  readonly app: string;
  /** Name of the records on the wire: the list in requests and answers, and the route that deletes them. */
  readonly list: string;
  /** Reads a record from JSON. A time after `now` (milliseconds) is brought back to it. Must not throw. */
  readonly read: (value: unknown, now: number) => Result<T>;
  /** Do two records say the same, apart from the numbers that count writes? */
  readonly isSame: (a: T, b: T) => boolean;
  /** Combines an edited record with the server's copy. `was`: the copy that `mine` stands on, null for none. Pure. */
  readonly merge: (was: T | null, mine: T, theirs: T) => { readonly record: T; readonly lost: readonly Lost[] };
}

/** The version a record counts; 0 for none. */
export const versionOf = (record: Versioned | null): number => (record === null ? 0 : (record.version ?? 1));
