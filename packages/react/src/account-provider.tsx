import type { Client } from '@tidemark/client';
import type { Account, AccountState } from '@tidemark/client/account';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useAccountState } from './hooks/use-account.ts';
import { TidemarkProvider } from './provider.tsx';

export interface AccountProviderProps {
  readonly account: Account;
  /** Opens the client of whoever is signed in, or of nobody. Called again when somebody else is. */
  readonly open: (state: AccountState) => Promise<Client>;
  /** What is shown until the client is open. */
  readonly fallback?: ReactNode;
  readonly children?: ReactNode;
}

const keyOf = (state: AccountState): string =>
  state.kind === 'signed in' ? JSON.stringify([state.account.issuer, state.account.subject]) : 'nobody';

interface Opened {
  readonly key: string;
  readonly client: Client;
}

/** One client after the other: the next is opened when the one before is closed. Throws what `open` rejected with, to an error boundary. */
const useClientOf = (state: AccountState, open: AccountProviderProps['open']): Client | undefined => {
  const key = keyOf(state);
  const latest = useRef({ state, open });
  const turn = useRef<Promise<unknown>>(Promise.resolve());
  const [opened, setOpened] = useState<Opened>();
  const [fault, setFault] = useState<{ readonly cause: unknown }>();
  useEffect(() => {
    latest.current = { state, open };
  });
  useEffect(() => {
    const now = { isWanted: true, client: undefined as Client | undefined };
    const begin = async (): Promise<void> => {
      if (!now.isWanted) return;
      const client = await latest.current.open(latest.current.state);
      now.client = client;
      if (now.isWanted) setOpened({ key, client });
    };
    turn.current = turn.current.then(begin).catch((cause: unknown) => now.isWanted && setFault({ cause }));
    return () => {
      now.isWanted = false;
      turn.current = turn.current.then(() => now.client?.close());
    };
  }, [key]);
  if (fault !== undefined) throw fault.cause;
  return opened?.key === key ? opened.client : undefined;
};

/**
 * A provider that follows the account: it opens the client of whoever signs in, and closes it when they sign out, so that nothing of
 * one person is shown to another. What was not sent stays in their local store.
 */
export function AccountProvider({ account, open, fallback, children }: AccountProviderProps): ReactNode {
  const client = useClientOf(useAccountState(account), open);
  if (client === undefined) return fallback;
  return (
    <TidemarkProvider client={client} account={account}>
      {children}
    </TidemarkProvider>
  );
}
