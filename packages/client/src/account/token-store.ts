import { isJsonObject, type JsonObject } from '@tidemark/protocol';
import type { KeptText } from '../upload/kept-records.ts';

/** The tokens of whoever is signed in. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** When the access token ends, by this device's wall clock in milliseconds. A hint: the server decides. */
  readonly expiresAt: number;
  readonly user: JsonObject;
}

/**
 * The port to where an app keeps the tokens. All tabs of an account must have the same one. What `write` resolved for, `read`
 * answers from then on, also after a restart.
 */
export interface TokenStore {
  /** Names the store among the tabs of this origin: for their lock and their messages. */
  readonly name: string;
  /** Null: nobody is signed in. */
  read(): Promise<Tokens | null>;
  write(tokens: Tokens | null): Promise<void>;
}

export const isTokens = (value: unknown): value is JsonObject & Tokens =>
  isJsonObject(value) &&
  typeof value.accessToken === 'string' &&
  typeof value.refreshToken === 'string' &&
  typeof value.expiresAt === 'number' &&
  isJsonObject(value.user);

/** Tokens that are gone with the page. */
export const createMemoryTokens = (): TokenStore => {
  let kept: Tokens | null = null;
  return {
    name: 'memory',
    read: async () => kept,
    write: async (tokens) => {
      kept = tokens;
    },
  };
};

/** What a browser's `localStorage` offers. */
export type TextStorage = Pick<KeptText, 'getItem' | 'setItem' | 'removeItem'>;

/** Tokens in `localStorage`, shared by all tabs. Any script of the page can read them there (docs/SECURITY.md). */
export const createStorageTokens = (storage: TextStorage, key = 'tidemark:account'): TokenStore => ({
  name: key,
  read: async () => parseTokens(storage.getItem(key)),
  write: async (tokens) => {
    if (tokens === null) storage.removeItem(key);
    else storage.setItem(key, JSON.stringify(tokens));
  },
});

const parseTokens = (text: string | null): Tokens | null => {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    return isTokens(value) ? value : null;
  } catch {
    return null;
  }
};
