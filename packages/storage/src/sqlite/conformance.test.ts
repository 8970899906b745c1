import { join } from 'node:path';
import { accountsConformance, storageConformance } from '@tidemark/engine/conformance';
import { freshFolder, opened } from './test-env.suite.ts';

storageConformance('sqlite on a file', async (apps) => {
  const folder = freshFolder();
  const file = join(folder.path, 'tidemark.db');
  let storage = await opened(file, { apps });
  return {
    storage,
    reopen: async () => {
      await storage.close();
      storage = await opened(file, { apps });
      return storage;
    },
    close: async () => {
      await storage.close();
      folder.remove();
    },
  };
});

accountsConformance('sqlite on a file', async () => {
  const folder = freshFolder();
  const file = join(folder.path, 'tidemark.db');
  let storage = await opened(file);
  return {
    accounts: storage.accounts,
    reopen: async () => {
      await storage.close();
      storage = await opened(file);
      return storage.accounts;
    },
    close: async () => {
      await storage.close();
      folder.remove();
    },
  };
});
