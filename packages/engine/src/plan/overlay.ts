/** What takes back changes in the reverse order in which they were made. */
export interface Journal {
  /** `undo` takes back the newest change of its owner that still stands: one function for all of them, or each would be garbage. */
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
  changed(): ReadonlyMap<string, V>;
}

export const createOverlay = <V>(read: (key: string) => V | undefined, journal: Journal): Overlay<V> => {
  const over = new Map<string, V>();
  const keys: string[] = [];
  const befores: (V | undefined)[] = [];
  const undo = (): void => {
    const key = keys.pop() ?? '';
    const before = befores.pop();
    if (before === undefined) over.delete(key);
    else over.set(key, before);
  };
  return {
    get: (key) => over.get(key) ?? read(key),
    set: (key, value) => {
      keys.push(key);
      befores.push(over.get(key));
      over.set(key, value);
      journal.add(undo);
    },
    hasChanges: () => over.size > 0,
    changed: () => over,
  };
};
