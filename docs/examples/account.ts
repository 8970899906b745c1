import { openClient } from '@tidemark/client';
import { adoptLocalStore, createStorageTokens, LOCAL_ACCOUNT, openAccount, type TextStorage } from '@tidemark/client/account';
import { app } from './notes.ts';

/** A client that works before anybody has signed up, and goes on under the account of whoever signs in. */
export const openWithAccount = async (server: string, storage: TextStorage) => {
  const account = await openAccount({ url: server, tokens: createStorageTokens(storage) });
  const url = `${server}/apps/notes`;
  const open = async () => {
    const state = account.state();
    if (state.kind === 'signed out') return openClient({ app, url, account: LOCAL_ACCOUNT, token: () => null });
    await adoptLocalStore({ app, account: state.account }); // what was written before; does nothing where there is nothing
    return openClient({ app, url, account: state.account, token: account.tokenOf(state.account) });
  };
  return { account, open };
};
