import { type Accounts, type AccountsParts, assembleAccounts } from './assemble-accounts.ts';
import { type Allowances, DEFAULT_ALLOWANCES } from './limits.ts';
import { createArgon2 } from './platform/argon2.ts';
import { createMemoryCounters } from './platform/counters.ts';

export interface AccountsOptions extends Omit<AccountsParts, 'argon2' | 'counters'>, Partial<Pick<AccountsParts, 'argon2' | 'counters'>> {
  readonly allowances?: Partial<Allowances>;
}

/** Puts accounts together from a storage, keys and a mailer. Nothing runs by itself but what a request asks for. */
export const createAccounts = ({ allowances, ...options }: AccountsOptions): Accounts =>
  assembleAccounts({
    ...options,
    argon2: options.argon2 ?? createArgon2(),
    counters: options.counters ?? createMemoryCounters({ ...DEFAULT_ALLOWANCES, ...allowances }),
  });
