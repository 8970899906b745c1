import { accountsConformance, storageConformance } from '@tidemark/engine/conformance';
import { inject } from 'vitest';
import { freshTable } from './fresh-table.ts';

storageConformance('dynamodb', async (apps) => {
  const table = await freshTable(inject('dynamoEndpoint'));
  let storage = await table.open({ apps });
  return {
    storage,
    reopen: async () => {
      await storage.close();
      storage = await table.open({ apps });
      return storage;
    },
    close: async () => {
      await storage.close();
      await table.drop();
    },
  };
});

accountsConformance('dynamodb', async () => {
  const table = await freshTable(inject('dynamoEndpoint'));
  let storage = await table.open();
  return {
    accounts: storage.accounts,
    reopen: async () => {
      await storage.close();
      storage = await table.open();
      return storage.accounts;
    },
    close: async () => {
      await storage.close();
      await table.drop();
    },
  };
});
