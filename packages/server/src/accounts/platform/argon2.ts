import type { Argon2 } from '../passwords.ts';

/**
 * Argon2id of a native library. It is loaded at the first hash only, so that a process that never signs anybody in (a
 * function that only syncs) does not carry it. Hashing runs on threads of its own.
 */
export const createArgon2 = (): Argon2 => {
  let loaded: Promise<typeof import('@node-rs/argon2')> | undefined;
  const load = () => (loaded ??= import('@node-rs/argon2'));
  return {
    // Argon2id is the library's own choice of algorithm.
    hash: async (password, { memoryKib, passes }) =>
      (await load()).hash(password, { memoryCost: memoryKib, timeCost: passes, parallelism: 1 }),
    verify: async (phc, password) => (await load()).verify(phc, password),
  };
};
