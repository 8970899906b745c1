import type { ClientEnv, ClientStore } from '@tidemark/client';
import { type Account, openAccount, type TokenStore } from '@tidemark/client/account';
import { type Calls, createCalls, errorOf, parseObject, REQUEST_TIMEOUT_MS } from '@tidemark/client/calls';
import { type Kept, openKept } from '../kept/kept.ts';
import type { SyncTools } from '../sync/sync-round.ts';
import type { BrowserPort, Owner, Settings } from './browser-port.ts';

/** What the worker is made of. */
export interface WorkerParts {
  readonly env: ClientEnv;
  readonly browser: BrowserPort;
  readonly tokens: TokenStore;
  /** Opens the local store of this name. */
  readonly openStore: (name: string) => Promise<ClientStore>;
}

/** Everything that is open for one person and one server. */
export interface Desk {
  readonly settings: Settings;
  readonly account: Account;
  /** Null while nobody has signed in. */
  readonly signedIn: { readonly kept: Kept; readonly tools: SyncTools } | null;
}

const storeName = (server: string, { issuer, subject }: Owner): string =>
  ['tidemark-browsing', server, issuer, subject].map(encodeURIComponent).join(':');

const deleteAll = async (env: ClientEnv, server: string, calls: Calls): ReturnType<SyncTools['deleteAll']> => {
  try {
    const answer = await calls.withToken(async (bearer) => {
      const headers = { authorization: `Bearer ${bearer}` };
      const response = await env.http({ method: 'DELETE', url: `${server}/api/data`, headers, timeoutMs: REQUEST_TIMEOUT_MS });
      return { status: response.status, body: parseObject(await response.text()) };
    });
    const { status, body } = answer ?? { status: 401, body: undefined };
    return status >= 200 && status < 300 ? { ok: true, status, value: body ?? {} } : { ok: false, status, error: errorOf(status, body) };
  } catch (fault) {
    const message = `The server could not be reached: ${fault instanceof Error ? fault.message : String(fault)}`;
    return { ok: false, status: 0, error: { code: 'UNAVAILABLE', message } };
  }
};

const openFor = async ({ env, openStore }: WorkerParts, account: Account, server: string, owner: Owner): Promise<Desk['signedIn']> => {
  const kept = await openKept(await openStore(storeName(server, owner)), env.uuid);
  const calls = createCalls(env, server, account.tokenOf(owner));
  return { kept, tools: { kept, calls, now: env.wall, deleteAll: () => deleteAll(env, server, calls) } };
};

export const openDesk = async (parts: WorkerParts): Promise<Desk> => {
  const settings = await parts.browser.readSettings();
  const account = await openAccount({ url: `${settings.server}/api`, tokens: parts.tokens, env: parts.env });
  const { server, owner } = settings;
  return { settings, account, signedIn: owner === null ? null : await openFor(parts, account, server, owner) };
};

export const closeDesk = async ({ account, signedIn }: Desk): Promise<void> => {
  account.close();
  await signedIn?.kept.close();
};
