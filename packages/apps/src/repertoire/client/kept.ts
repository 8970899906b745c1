import type { KeptText } from '@tidemark/client/upload';
import { faultText, type Json, ok, type Result, refuse } from '@tidemark/protocol';

/** JSON values by key under one account's prefix of a localStorage. What is written is kept when the call returns. */
export interface Kept {
  get<T extends Json>(key: string): T | undefined;
  /** Refused with STORAGE_FULL where it cannot be kept. */
  set(key: string, value: Json): Result<void>;
  remove(key: string): void;
  /** Keys that begin with `start`, and their values, by key. */
  list<T extends Json>(start: string): readonly (readonly [key: string, value: T])[];
}

export const openKept = (storage: KeptText, prefix: string): Kept => {
  const read = <T extends Json>(key: string): T | undefined => {
    const text = storage.getItem(prefix + key);
    return text === null ? undefined : JSON.parse(text);
  };
  return {
    get: read,
    set: (key, value) => {
      try {
        storage.setItem(prefix + key, JSON.stringify(value));
        return ok(undefined);
      } catch (fault) {
        return refuse('STORAGE_FULL', `This could not be kept on this device: ${faultText(fault)}`);
      }
    },
    remove: (key) => storage.removeItem(prefix + key),
    list: <T extends Json>(start: string) => {
      const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '');
      const found = keys.filter((key) => key.startsWith(prefix + start)).sort();
      return found.flatMap((key): (readonly [string, T])[] => {
        const name = key.slice(prefix.length);
        const value = read<T>(name);
        return value === undefined ? [] : [[name, value]];
      });
    },
  };
};
