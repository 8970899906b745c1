/** Those who want to be told of something. */
export interface Listeners<T> {
  /** The returned function ends it. */
  add(listener: (value: T) => void): () => void;
  call(value: T): void;
}

export const createListeners = <T>(): Listeners<T> => {
  const listeners = new Set<(value: T) => void>();
  return {
    add: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    call: (value) => {
      for (const listener of [...listeners]) listener(value);
    },
  };
};
