import { IDBFactory } from 'fake-indexeddb';
import { describe, expect, it } from 'vitest';
import { createIndexedDbStore } from './indexeddb-store.ts';
import { storeSuite } from './store.suite.ts';

const noTimer = () => () => undefined;
const open = (factory: IDBFactory, name = 'tidemark:test') => createIndexedDbStore({ factory, name, setTimer: noTimer });

describe('IndexedDB store', () => {
  storeSuite(async () => {
    const factory = new IDBFactory();
    return { one: await open(factory), two: await open(factory) };
  });

  it('opens again and repeats the call when the database was deleted under it', async () => {
    const factory = new IDBFactory();
    const store = await open(factory);
    await store.write({ put: [{ table: 'meta', key: 'a', value: { v: 1 } }] });
    await new Promise((resolve, reject) => {
      const request = factory.deleteDatabase('tidemark:test');
      request.onsuccess = resolve;
      request.onerror = reject;
    });
    expect(await store.read('meta', 'a')).toBeUndefined();
    expect(await store.write({ check: [{ table: 'meta', key: 'a', value: { v: 1 } }], put: [] })).toBe(false);
  });

  it('stores nothing of a batch in which one put fails', async () => {
    const store = await open(new IDBFactory());
    const poison = {
      get value(): never {
        throw new Error('quota');
      },
    };
    await expect(async () =>
      store.write({
        put: [
          { table: 'outbox', key: 'a', value: {} },
          { table: 'outbox', key: 'b', value: poison },
        ],
      }),
    ).rejects.toThrow();
    expect(await store.readAll('outbox')).toEqual([]);
  });

  it('rejects when the database cannot be opened', async () => {
    const factory = new IDBFactory();
    await new Promise((resolve) => {
      factory.open('tidemark:test', 99).onsuccess = resolve;
    });
    await expect(open(factory)).rejects.toThrow();
  });
});
