import { timeTracker } from '@tidemark/apps/time-tracker';
import { type Client, openClient, openIndexedDbStore } from '@tidemark/client';
import { ok, type Result } from '@tidemark/protocol';
import { newStoreName, paneEnv, remember, remembered } from '../platform/browser.ts';
import { type Account, lastAccount, type SignIn, signIn } from './account.ts';
import type { PaneMessage } from './messages.ts';

export type TrackerClient = Client<typeof timeTracker.collections>;

const cutOffKey = (pane: string) => `cut-off:${pane}`;
const storeKey = (pane: string) => `store:${pane}`;

/** Whether the pane's offline switch is on. It stays so over a reload, and ends with the tab. */
export const isCutOff = (pane: string): boolean => remembered('tab', cutOffKey(pane)) === 'yes';

const tellPage = (message: PaneMessage) => window.parent.postMessage(message, window.location.origin);

export const setCutOff = (pane: string, client: TrackerClient, cutOff: boolean): void => {
  remember('tab', cutOffKey(pane), cutOff ? 'yes' : null);
  client.setOnline(!cutOff);
  tellPage({ type: 'tidemark:link', pane, linked: !cutOff });
};

/** From the next opening on, the pane has a new and empty store. The old one stays in the browser. */
export const startOver = (pane: string): void => remember('browser', storeKey(pane), newStoreName());

const tokenSource = (first: SignIn | null) => {
  let token = first?.token ?? null;
  return async (refused?: string): Promise<string | null> => {
    if (token !== null && token !== refused) return token;
    const fresh = await signIn();
    // A server that does not answer is no sign-out: the client goes on trying.
    if (!fresh.ok && fresh.error.code === 'UNAVAILABLE') throw new Error(fresh.error.message);
    token = fresh.ok ? fresh.value.token : null;
    return token;
  };
};

const open = async (pane: string, account: Account, first: SignIn | null): Promise<TrackerClient> => {
  const { issuer, subject } = account;
  const name = ['tidemark', timeTracker.name, issuer, subject, pane, remembered('browser', storeKey(pane)) ?? 'first'].join(' ');
  const client = await openClient({
    app: timeTracker,
    url: `${window.location.origin}/apps/${timeTracker.name}`,
    account: { issuer, subject },
    token: tokenSource(first),
    store: await openIndexedDbStore(name),
    env: paneEnv(pane),
  });
  setCutOff(pane, client, isCutOff(pane));
  client.onTraffic((traffic) => tellPage({ type: 'tidemark:traffic', pane, traffic }));
  return client;
};

/** Opens the pane's client on a store of its own. Without the server, the account of the last visit is opened. */
export const openPane = async (pane: string): Promise<Result<TrackerClient>> => {
  const known = lastAccount();
  if (known !== null && isCutOff(pane)) return ok(await open(pane, known, null));
  const signedIn = await signIn();
  if (signedIn.ok) return ok(await open(pane, signedIn.value, signedIn.value));
  return known === null ? signedIn : ok(await open(pane, known, null));
};
