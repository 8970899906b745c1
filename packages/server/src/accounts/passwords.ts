import { ok, type Result, refuse } from '@tidemark/protocol';
import type { HashSlots } from './hash-slots.ts';

/** What one hash costs. */
export interface HashCost {
  readonly memoryKib: number;
  readonly passes: number;
}

/** For servers: 64 MiB, three passes. */
export const SERVER_COST: HashCost = { memoryKib: 64 * 1024, passes: 3 };
/** For small machines: 19 MiB, two passes, the least that OWASP recommends. */
export const SMALL_COST: HashCost = { memoryKib: 19 * 1024, passes: 2 };

/** The hash function; see platform/argon2.ts. */
export interface Argon2 {
  hash(password: string, cost: HashCost): Promise<string>;
  verify(phc: string, password: string): Promise<boolean>;
}

const LENGTH_MIN = 8;
const LENGTH_MAX = 256;
const BYTES_MAX = 1_024;

/** The form of a password that is hashed (NFKC). Refused with PASSWORD_UNFIT; there are no rules of composition. */
export const checkPassword = (text: string): Result<string> => {
  const password = text.length <= LENGTH_MAX * 2 && !/\p{Cs}/u.test(text) ? text.normalize('NFKC') : '';
  const length = [...password].length;
  if (length >= LENGTH_MIN && length <= LENGTH_MAX && Buffer.byteLength(password) <= BYTES_MAX) return ok(password);
  return refuse('PASSWORD_UNFIT', `A password has ${LENGTH_MIN} to ${LENGTH_MAX} characters.`);
};

export interface Passwords {
  hash(password: string): Promise<Result<string>>;
  /**
   * Is it the password behind `phc`? Without `phc` (there is no such account) as much work is done for the answer no.
   * `rehash` is true where it was hashed at another cost than today's.
   */
  verify(phc: string | undefined, password: string): Promise<Result<{ readonly right: boolean; readonly rehash: boolean }>>;
}

/** Argon2id within slots. Refusals: TOO_MANY_REQUESTS. */
export const createPasswords = (argon2: Argon2, slots: HashSlots, cost: HashCost): Passwords => {
  const prefix = `$argon2id$v=19$m=${cost.memoryKib},t=${cost.passes},p=1$`;
  let dummy: Promise<string> | undefined;
  const dummyOf = (): Promise<string> => {
    dummy ??= argon2.hash('no account has this', cost).catch((error: unknown) => {
      dummy = undefined;
      throw error;
    });
    return dummy;
  };
  return {
    hash: (password) => slots.run(() => argon2.hash(password, cost)),
    verify: (phc, password) =>
      slots.run(async () => {
        // Made at the first verification of any account, so that no account's takes longer for it.
        const other = await dummyOf();
        const right = await argon2.verify(phc ?? other, password);
        return { right: right && phc !== undefined, rehash: phc !== undefined && !phc.startsWith(prefix) };
      }),
  };
};
