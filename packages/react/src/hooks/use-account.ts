import type { Account, AccountState } from '@tidemark/client/account';
import { useSyncExternalStore } from 'react';
import { useProvidedAccount } from '../provider.tsx';

/** Who is signed in to this account, kept up to date, also by other tabs. */
export const useAccountState = (account: Account): AccountState => useSyncExternalStore(account.onState, account.state, account.state);

export interface UsedAccount {
  readonly state: AccountState;
  readonly account: Account;
}

/** Who is signed in, and the account by which to sign in and out. The provider needs an `account`. */
export const useAccount = (): UsedAccount => {
  const account = useProvidedAccount();
  return { state: useAccountState(account), account };
};
