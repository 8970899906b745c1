import type { Client } from '@tidemark/client';
import type { Account } from '@tidemark/client/account';
import { createContext, type ReactNode, use, useMemo } from 'react';

interface Provided {
  readonly client: Client;
  readonly account: Account | undefined;
}

const Context = createContext<Provided | undefined>(undefined);

export interface TidemarkProviderProps {
  /** An open client, or one that is being opened: then the component suspends. Make the promise outside of components. */
  readonly client: Client | Promise<Client>;
  /** For `useAccount` and `SignIn`. */
  readonly account?: Account;
  readonly children?: ReactNode;
}

/** Gives the hooks below it their client. Closing the client is up to whoever opened it. */
export function TidemarkProvider({ client, account, children }: TidemarkProviderProps): ReactNode {
  const opened = client instanceof Promise ? use(client) : client;
  const provided = useMemo(() => ({ client: opened, account }), [opened, account]);
  return <Context value={provided}>{children}</Context>;
}

const useProvided = (): Provided => {
  const provided = use(Context);
  if (provided === undefined) throw new Error('There is no TidemarkProvider above this component: put one around the app');
  return provided;
};

/** The client itself, for everything that has no hook. */
export const useClient = (): Client => useProvided().client;

/** The provider's account. Throws where it has none. */
export const useProvidedAccount = (): Account => {
  const { account } = useProvided();
  if (account === undefined) throw new Error('The TidemarkProvider has no account: give it one with its `account` property');
  return account;
};
