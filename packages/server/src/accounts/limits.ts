import { ok, type Result, refuse } from '@tidemark/protocol';

/** A number of attempts within seconds. */
export interface Allowance {
  readonly attempts: number;
  readonly seconds: number;
}

/** What is counted, before anything is looked up or hashed. None of them ever shuts an account for good. */
export const DEFAULT_ALLOWANCES = {
  /** Every request to a route that asks for no token, by network address. */
  address: { attempts: 120, seconds: 60 },
  /** Sign-ins of one e-mail address from one network address; also what its session changes of the account there. */
  signIn: { attempts: 10, seconds: 900 },
  /** Sign-ins of one e-mail address from anywhere. */
  account: { attempts: 100, seconds: 900 },
  /** Sign-ins at this server. */
  server: { attempts: 1_200, seconds: 60 },
  register: { attempts: 20, seconds: 3_600 },
  /** Mails to one e-mail address that were asked for from one network address; also to new addresses of one account. */
  mail: { attempts: 6, seconds: 3_600 },
  /** Mails to one e-mail address: above `mail`, so that a stranger cannot easily keep its owner from getting any. */
  mailbox: { attempts: 30, seconds: 3_600 },
  /** Six-digit codes tried for one e-mail address. */
  code: { attempts: 10, seconds: 3_600 },
} as const satisfies { readonly [name: string]: Allowance };

export type AllowanceName = keyof typeof DEFAULT_ALLOWANCES;
export type Allowances = { readonly [name in AllowanceName]: Allowance };

/** Counts attempts; see platform/counters.ts. Answers the milliseconds to wait where there are none left. */
export interface Counters {
  take(name: AllowanceName, key: string): Promise<number | undefined>;
  /** Gives the attempts back. */
  forget(name: AllowanceName, key: string): Promise<void>;
}

/** One attempt at each; the first that is used up refuses with TOO_MANY_REQUESTS. */
export const takeAll = async (counters: Counters, wanted: readonly (readonly [AllowanceName, string])[]): Promise<Result<void>> => {
  for (const [name, key] of wanted) {
    const waitMs = await counters.take(name, key);
    if (waitMs === undefined) continue;
    const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000));
    return refuse('TOO_MANY_REQUESTS', `Too many attempts. Try again in ${retryAfterSeconds} seconds.`, { retryAfterSeconds });
  }
  return ok(undefined);
};
