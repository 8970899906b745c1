import { accountsConformance } from '../conformance/index.ts';
import { createMemoryAccounts } from './memory-accounts.ts';

accountsConformance('memory', async () => ({ accounts: createMemoryAccounts(), close: async () => {} }));
