/** Values by key, at most so many: the one that was added first goes first. */
export interface Kept<T> {
  get(key: string): T | undefined;
  add(key: string, value: T): void;
}

export const createKept = <T>(sizeMax: number): Kept<T> => {
  const kept = new Map<string, T>();
  return {
    get: (key) => kept.get(key),
    add: (key, value) => {
      const first = kept.keys().next();
      if (kept.size >= sizeMax && !first.done) kept.delete(first.value);
      kept.set(key, value);
    },
  };
};
