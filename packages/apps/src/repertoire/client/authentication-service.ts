import type { ClientEnv } from '@tidemark/client';
import { decodeBase64Url, faultText, isJsonObject, ok, type Result, refuse } from '@tidemark/protocol';
import { post } from './post.ts';

/** Google's sign-in on this platform. Each answers an ID token. */
export interface GoogleSignIn {
  /** Asks the person. Rejects where they decline. */
  signIn(): Promise<string>;
  /** A new token without asking; null where the person must be asked. Rejects where Google cannot be reached. */
  refresh(): Promise<string | null>;
  signOut(): Promise<void>;
}

export interface GoogleUser {
  readonly id: string;
  readonly email?: string;
  readonly name?: string;
  readonly picture?: string;
}

/** Who is signed in. The token is kept in memory only. */
export interface AuthenticationService {
  /** Null while nobody is signed in. */
  currentUser(): GoogleUser | null;
  /** Refusals: those of POST /auth/sync, and UNAUTHENTICATED where the person declines. */
  signIn(): Promise<Result<GoogleUser>>;
  /** A token that is good for a minute at least, or after `refusedToken` (which the server did not take) another; null: sign in. */
  getCurrentIdToken(refusedToken?: string): Promise<string | null>;
  /** What waits to be sent stays on the device. */
  signOut(): Promise<void>;
  onChange(listener: () => void): () => void;
}

const FRESH_MS = 60_000;

/** When a JWT expires, milliseconds; undefined where it does not say. It is not verified: only the server's word counts. */
export const expiryOf = (token: string): number | undefined => {
  try {
    const bytes = decodeBase64Url(token.split('.')[1] ?? '') ?? [];
    // Only a number is read of it, so that text beyond ASCII may stay as it is.
    const payload: unknown = JSON.parse(bytes.map((byte) => String.fromCharCode(byte)).join(''));
    return isJsonObject(payload) && typeof payload.exp === 'number' ? payload.exp * 1_000 : undefined;
  } catch {
    return undefined;
  }
};

const toUser = (value: unknown): GoogleUser | undefined => {
  if (!isJsonObject(value) || typeof value.id !== 'string') return undefined;
  const { id, email, name, picture } = value;
  return {
    id,
    ...(typeof email === 'string' ? { email } : {}),
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof picture === 'string' ? { picture } : {}),
  };
};

export const createAuthenticationService = (options: {
  readonly google: GoogleSignIn;
  /** Address of the app's mount, without a slash at the end. */
  readonly url: string;
  readonly env: Pick<ClientEnv, 'http' | 'wall'>;
}): AuthenticationService => {
  const { google, url, env } = options;
  const listeners = new Set<() => void>();
  let session: { readonly user: GoogleUser; readonly token: string } | null = null;
  let refreshing: Promise<string | null> | undefined;
  const set = (next: typeof session): void => {
    session = next;
    for (const listener of listeners) listener();
  };
  const refresh = async (): Promise<string | null> => {
    const was = session;
    const token = await google.refresh();
    // Whoever signed out meanwhile stays signed out.
    if (was === null || session === null) return null;
    session = token === null ? session : { ...session, token };
    return token;
  };
  return {
    currentUser: () => session?.user ?? null,
    signIn: async () => {
      let token: string;
      try {
        token = await google.signIn();
      } catch (fault) {
        return refuse('UNAUTHENTICATED', `Nobody signed in: ${faultText(fault)}`);
      }
      const answer = await post(env, `${url}/auth/sync`, { googleIdToken: token });
      if (!answer.ok) return answer;
      const user = toUser(answer.value.user);
      if (user === undefined) return refuse('UNAVAILABLE', 'The answer to /auth/sync is not understood.');
      set({ user, token });
      return ok(user);
    },
    getCurrentIdToken: async (refusedToken) => {
      if (session === null) return null;
      const expiresAt = expiryOf(session.token) ?? Number.POSITIVE_INFINITY;
      if (session.token !== refusedToken && expiresAt > env.wall() + FRESH_MS) return session.token;
      refreshing ??= refresh().finally(() => {
        refreshing = undefined;
      });
      return refreshing;
    },
    signOut: async () => {
      set(null);
      await google.signOut();
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};
