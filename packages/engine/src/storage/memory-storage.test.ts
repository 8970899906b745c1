import { storageConformance } from '../conformance/index.ts';
import { createMemoryStorage } from './memory-storage.ts';

storageConformance('memory', async () => {
  const storage = createMemoryStorage();
  return { storage, close: () => storage.close() };
});
