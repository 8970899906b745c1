import { type JsonObject, ok, type Result, refuse } from '@tidemark/protocol';
import { createListeners } from '../listeners.ts';
import { browserEnv } from '../platform/browser-env.ts';
import type { Account, AccountOptions, AccountState } from './account.ts';
import { type AuthCall, createAuthCall, toResult } from './auth-calls.ts';
import { accountOf } from './claims.ts';
import { createRefresher, type Refresher, toTokens } from './refresh.ts';
import type { TokenStore, Tokens } from './token-store.ts';

const SIGNED_OUT: AccountState = { kind: 'signed out' };

const stateOf = (tokens: Tokens | null): AccountState => {
  const account = tokens === null ? undefined : accountOf(tokens.accessToken);
  return tokens === null || account === undefined ? SIGNED_OUT : { kind: 'signed in', account, user: tokens.user };
};

const isSame = (a: AccountState, b: AccountState): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The state as this tab knows it, kept up to date with the token store. */
const watchState = async (tokens: TokenStore) => {
  let state = stateOf(await tokens.read());
  const listeners = createListeners<AccountState>();
  return {
    state: () => state,
    add: listeners.add,
    reread: async (): Promise<void> => {
      const next = stateOf(await tokens.read());
      if (isSame(state, next)) return;
      state = next;
      listeners.call(next);
    },
  };
};

const isSameAccount = (token: string, other: string): boolean => {
  const [one, two] = [accountOf(token), accountOf(other)];
  return one !== undefined && one.issuer === two?.issuer && one.subject === two.subject;
};

/** Opens the account that this device is signed in to, if any. Asks the server nothing until it has to. */
export const openAccount = async (options: AccountOptions): Promise<Account> => {
  const { tokens, env = browserEnv() } = options;
  const call = createAuthCall(env, options.url);
  const watch = await watchState(tokens);
  const channel = env.channel(`tidemark:${tokens.name}`, () => void watch.reread());
  const changed = async (): Promise<void> => {
    await watch.reread();
    channel.post();
  };
  const refresher = createRefresher({ env, tokens, call, onChange: () => void changed() });
  const forget = async (): Promise<void> => {
    await refresher.alone(() => tokens.write(null));
    await changed();
  };
  const take = async (answer: Awaited<ReturnType<AuthCall>>): Promise<Result<AccountState>> => {
    if (!answer.ok) return { ok: false, error: answer.failure.error };
    const taken = toTokens(answer.value, env.wall());
    if (taken === undefined || accountOf(taken.accessToken) === undefined)
      return refuse('UNAVAILABLE', "The server's answer to the login has an unknown form");
    await refresher.alone(() => tokens.write(taken));
    await changed();
    return ok(watch.state());
  };
  return {
    state: watch.state,
    onState: watch.add,
    ...signIns(call, take),
    ...signedInCalls(call, refresher, tokens, forget),
    tokenOf: (account) => async (refused) => {
      const token = await refresher.token(refused);
      const owner = token === null ? undefined : accountOf(token);
      return owner?.issuer === account.issuer && owner.subject === account.subject ? token : null;
    },
    close: channel.close,
  };
};

/** What can be asked while signed out. */
const signIns = (
  call: AuthCall,
  take: (answer: Awaited<ReturnType<AuthCall>>) => Promise<Result<AccountState>>,
): Pick<
  Account,
  | 'register'
  | 'verifyEmail'
  | 'resendVerification'
  | 'login'
  | 'requestMagicLink'
  | 'loginWithMagicLink'
  | 'forgotPassword'
  | 'resetPassword'
> => {
  const post = async (path: string, body: JsonObject): Promise<Result<JsonObject>> => toResult(await call('POST', path, body));
  return {
    register: ({ email, password }) => post('/register', { email, password }),
    verifyEmail: (proof) => post('/verify-email', { ...proof }),
    resendVerification: (email) => post('/resend-verification', { email }),
    login: async (email, password) => take(await call('POST', '/login', { email, password })),
    requestMagicLink: (email) => post('/magic-link', { email }),
    loginWithMagicLink: async (token) => take(await call('POST', '/magic-link/redeem', { token })),
    forgotPassword: (email) => post('/forgot-password', { email }),
    resetPassword: (token, password) => post('/reset-password', { token, password }),
  };
};

/** What needs a token. */
const signedInCalls = (
  call: AuthCall,
  refresher: Refresher,
  tokens: TokenStore,
  forget: () => Promise<void>,
): Pick<Account, 'changePassword' | 'changeEmail' | 'me' | 'logout' | 'logoutEverywhere' | 'deleteAccount'> => {
  const withToken = async (method: 'GET' | 'POST' | 'DELETE', path: string, body?: JsonObject): Promise<Result<JsonObject>> => {
    try {
      const bearer = await refresher.token();
      if (bearer === null) return refuse('UNAUTHENTICATED', 'Nobody is signed in');
      const first = await call(method, path, body, bearer);
      if (first.ok || first.failure.status !== 401) return toResult(first);
      const fresh = await refresher.token(bearer);
      // Who signed in meanwhile, in another tab, did not ask for it.
      return fresh === null || !isSameAccount(fresh, bearer) ? toResult(first) : toResult(await call(method, path, body, fresh));
    } catch (fault) {
      return refuse('UNAVAILABLE', fault instanceof Error ? fault.message : String(fault));
    }
  };
  const ending = async (answer: Result<JsonObject>): Promise<Result<JsonObject>> => {
    if (answer.ok) await forget();
    return answer;
  };
  return {
    changePassword: (password, newPassword) => withToken('POST', '/change-password', { password, newPassword }),
    changeEmail: (password, email) => withToken('POST', '/change-email', { password, email }),
    me: () => withToken('GET', '/me'),
    logout: async () => {
      const held = await tokens.read();
      await forget();
      if (held !== null) await call('POST', '/logout', { refreshToken: held.refreshToken }, held.accessToken);
    },
    logoutEverywhere: async () => ending(await withToken('POST', '/logout-all')),
    deleteAccount: async (password) => ending(await withToken('DELETE', '/me', { password })),
  };
};
