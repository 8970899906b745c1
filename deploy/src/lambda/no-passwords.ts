import type { AccountMeans } from './open-function.ts';

const elsewhere = async (): Promise<never> => {
  throw new Error('This function signs nobody in: /auth/* is answered by the accounts function.');
};

/** For functions that check tokens and keys and never make them: no library that hashes, counts or sends mail. */
export const noPasswords: AccountMeans = () => ({
  argon2: { hash: elsewhere, verify: elsewhere },
  counters: { take: elsewhere, forget: elsewhere },
  mailer: { send: elsewhere, close: async () => {} },
});
