import { describe } from 'vitest';
import { createMemoryStore } from './memory-store.ts';
import { storeSuite } from './store.suite.ts';

describe('memory store', () => {
  storeSuite(async () => {
    const store = createMemoryStore();
    return { one: store, two: store };
  });
});
