import type { Versioned } from './kind.ts';

/** Text by key, as localStorage keeps it. `setItem` throws when it is full. */
export interface KeptText {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, text: string): void;
  removeItem(key: string): void;
}

/** One record as this device knows it. */
export interface KeptRow<T> {
  /** As the person sees it; null: deleted here, and the server is still to be told. */
  readonly record: T | null;
  /** The server's copy that `record` stands on; null: the server has none that we know of. */
  readonly base: T | null;
  /** Sent and not answered. It is sent again just as it was until an answer tells what became of it. */
  readonly sent?: T;
  /** Why the server does not take `record`. It waits for another edit. */
  readonly refused?: { readonly code: string; readonly message: string };
}

/** What a merge could not keep in the record. */
export interface DroppedEdit<T> {
  readonly conflictId: string;
  readonly id: string;
  /** `*`: the whole record, edited here and deleted elsewhere. */
  readonly field: string;
  readonly side: 'mine' | 'theirs';
  /** The record as the side that lost had it. */
  readonly record: T;
}

/** Where the download stands: `since` is lastSuccessfulSyncAt (null before the first), `cursor` a page that was stopped at. */
export interface Place {
  readonly since: number | null;
  readonly cursor?: string;
}

/** The records of one account in a localStorage. Each call reads and writes it at once: other tabs see the same. */
export interface KeptRecords<T> {
  row(id: string): KeptRow<T> | undefined;
  rows(): readonly (readonly [id: string, row: KeptRow<T>])[];
  setRow(id: string, row: KeptRow<T> | null): void;
  place(): Place;
  setPlace(place: Place): void;
  dropped(): readonly DroppedEdit<T>[];
  addDropped(edit: DroppedEdit<T>): void;
  removeDropped(conflictId: string): void;
}

export const openKeptRecords = <T extends Versioned>(storage: KeptText, prefix: string): KeptRecords<T> => {
  const keys = {
    record: `${prefix}record:`,
    dropped: `${prefix}dropped:`,
    since: `${prefix}lastSuccessfulSyncAt`,
    cursor: `${prefix}cursor`,
  };
  const read = <V>(key: string): V | undefined => {
    const text = storage.getItem(key);
    return text === null ? undefined : JSON.parse(text);
  };
  const write = (key: string, value: object | string | number | null | undefined): void => {
    if (value === null || value === undefined) storage.removeItem(key);
    else storage.setItem(key, JSON.stringify(value));
  };
  const all = <V>(start: string): (readonly [string, V])[] =>
    Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '')
      .filter((key) => key.startsWith(start))
      .sort()
      .flatMap((key) => {
        const value = read<V>(key);
        return value === undefined ? [] : [[key.slice(start.length), value]];
      });
  return {
    row: (id) => read(keys.record + id),
    rows: () => all(keys.record),
    setRow: (id, row) => write(keys.record + id, row),
    place: () => {
      const cursor = read<string>(keys.cursor);
      return { since: read<number>(keys.since) ?? null, ...(cursor === undefined ? {} : { cursor }) };
    },
    // Of two writes the process may die between: an old cursor goes before its `since` does.
    setPlace: ({ since, cursor }) => {
      write(keys.cursor, cursor);
      write(keys.since, since);
    },
    dropped: () => all<DroppedEdit<T>>(keys.dropped).map(([, edit]) => edit),
    addDropped: (edit) => write(keys.dropped + edit.conflictId, edit),
    removeDropped: (conflictId) => write(keys.dropped + conflictId, null),
  };
};
