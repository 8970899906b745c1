import { accountsConformance, storageConformance } from '@tidemark/engine/conformance';
import { afterAll, beforeAll, inject } from 'vitest';
import { emptyDatabase, type FreshDatabase, freshDatabase } from './fresh-database.ts';
import { opened } from './opened.ts';

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase(inject('postgresUrl'));
});
afterAll(() => database.drop());

storageConformance('postgres', async (apps) => {
  const { url } = database;
  let storage = await opened(url, { apps });
  return {
    storage,
    reopen: async () => {
      await storage.close();
      storage = await opened(url, { apps });
      return storage;
    },
    close: async () => {
      await storage.close();
      await emptyDatabase(url);
    },
  };
});

accountsConformance('postgres', async () => {
  const { url } = database;
  let storage = await opened(url);
  return {
    accounts: storage.accounts,
    reopen: async () => {
      await storage.close();
      storage = await opened(url);
      return storage.accounts;
    },
    close: async () => {
      await storage.close();
      await emptyDatabase(url);
    },
  };
});
