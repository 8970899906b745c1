/** What takes back changes in the reverse order in which they were made. */
export interface Journal {
  add(undo: () => void): void;
  mark(): number;
  rollback(mark: number): void;
}

export const createJournal = (): Journal => {
  const undos: (() => void)[] = [];
  return {
    add: (undo) => void undos.push(undo),
    mark: () => undos.length,
    rollback: (mark) => {
      while (undos.length > mark) undos.pop()?.();
    },
  };
};

/** Stored rows with changes laid over them. */
export interface Overlay<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
  hasChanges(): boolean;
  /** The values that were set, newest of each key. */
  changed(): V[];
}

export const createOverlay = <V>(read: (key: string) => V | undefined, journal: Journal): Overlay<V> => {
  const over = new Map<string, V>();
  return {
    get: (key) => over.get(key) ?? read(key),
    set: (key, value) => {
      const before = over.get(key);
      over.set(key, value);
      journal.add(() => {
        if (before === undefined) over.delete(key);
        else over.set(key, before);
      });
    },
    hasChanges: () => over.size > 0,
    changed: () => [...over.values()],
  };
};
