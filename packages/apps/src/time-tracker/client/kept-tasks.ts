import type { Task } from '../schema.ts';

/** Text by key, as localStorage keeps it. `setItem` throws when it is full. */
export interface KeptText {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, text: string): void;
  removeItem(key: string): void;
}

/** One task as this device knows it. */
export interface TaskRow {
  /** As the person sees it; null: deleted here, and the server is still to be told. */
  readonly task: Task | null;
  /** The server's copy that `task` stands on; null: the server has none that we know of. */
  readonly base: Task | null;
  /** Sent and not answered. It is sent again just as it was until an answer tells what became of it. */
  readonly sent?: Task;
  /** Why the server does not take `task`. It waits for another edit. */
  readonly refused?: { readonly code: string; readonly message: string };
}

/** What a merge could not keep in the task. */
export interface DroppedEdit {
  readonly conflictId: string;
  readonly id: string;
  /** `*`: the whole task, edited here and deleted elsewhere. */
  readonly field: 'title' | 'archived' | 'tags' | 'intervals' | '*';
  readonly side: 'mine' | 'theirs';
  /** The task as the side that lost had it. */
  readonly task: Task;
}

/** Where the download stands: `since` is lastSuccessfulSyncAt (null before the first), `cursor` a page that was stopped at. */
export interface Place {
  readonly since: number | null;
  readonly cursor?: string;
}

/** The tasks of one account in a localStorage. Each call reads and writes it at once: other tabs see the same. */
export interface KeptTasks {
  row(id: string): TaskRow | undefined;
  rows(): readonly (readonly [id: string, row: TaskRow])[];
  setRow(id: string, row: TaskRow | null): void;
  place(): Place;
  setPlace(place: Place): void;
  dropped(): readonly DroppedEdit[];
  addDropped(edit: DroppedEdit): void;
  removeDropped(conflictId: string): void;
}

export const openKeptTasks = (storage: KeptText, prefix: string): KeptTasks => {
  const keys = { task: `${prefix}task:`, dropped: `${prefix}dropped:`, since: `${prefix}lastSuccessfulSyncAt`, cursor: `${prefix}cursor` };
  const read = <T>(key: string): T | undefined => {
    const text = storage.getItem(key);
    return text === null ? undefined : JSON.parse(text);
  };
  const write = (key: string, value: object | string | number | null | undefined): void => {
    if (value === null || value === undefined) storage.removeItem(key);
    else storage.setItem(key, JSON.stringify(value));
  };
  const all = <T>(start: string): (readonly [string, T])[] =>
    Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '')
      .filter((key) => key.startsWith(start))
      .sort()
      .flatMap((key) => {
        const value = read<T>(key);
        return value === undefined ? [] : [[key.slice(start.length), value]];
      });
  return {
    row: (id) => read(keys.task + id),
    rows: () => all(keys.task),
    setRow: (id, row) => write(keys.task + id, row),
    place: () => {
      const cursor = read<string>(keys.cursor);
      return { since: read<number>(keys.since) ?? null, ...(cursor === undefined ? {} : { cursor }) };
    },
    // Of two writes the process may die between: an old cursor goes before its `since` does.
    setPlace: ({ since, cursor }) => {
      write(keys.cursor, cursor);
      write(keys.since, since);
    },
    dropped: () => all<DroppedEdit>(keys.dropped).map(([, edit]) => edit),
    addDropped: (edit) => write(keys.dropped + edit.conflictId, edit),
    removeDropped: (conflictId) => write(keys.dropped + conflictId, null),
  };
};
