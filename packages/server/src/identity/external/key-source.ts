import { type Env, isJsonObject } from '@tidemark/protocol';
import { type CryptoKey, createLocalJWKSet, errors, type JSONWebKeySet, type JWK, type LocalJWKSet } from 'jose';
import type { HttpGet } from '../../platform/http-get.ts';

const MAX_AGE_MS = 10 * 60 * 1000;
/** With the issuer out of reach its last keys are good for so long. */
const STALE_MAX_MS = 24 * 60 * 60 * 1000;
/** Above 30 s, so that no minute holds more than two fetches, whatever key ids strangers make up. */
const COOLDOWN_MS = 35_000;
/** While there are no keys at all nobody can sign in: ask again sooner. */
const COLD_COOLDOWN_MS = 5_000;
const TIMEOUT_MS = 5_000;
const BYTES_MAX = 256 * 1024;
const KEYS_MAX = 100;

/** The key of a token, `unknown` when its issuer lists no such key, `unreachable` when that cannot be known now. */
export type KeyFound = CryptoKey | 'unknown' | 'unreachable';

/** The public keys of one issuer, and of no other. */
export interface KeySource {
  find(header: { readonly alg: string; readonly kid: string }): Promise<KeyFound>;
}

export interface KeySourceOptions {
  readonly jwksUri: string;
  readonly httpGet: HttpGet;
  readonly env: Pick<Env, 'mono'>;
}

interface Keys {
  readonly set: LocalJWKSet;
  readonly fetchedAt: number;
}

/**
 * Keys by JWKS: kept for 10 minutes, fetched by one request at a time however many wait for it. A key id that is not
 * among them fetches again, at most every 35 s. While the issuer is out of reach its last keys serve for up to a day.
 */
export const createKeySource = ({ jwksUri, httpGet, env }: KeySourceOptions): KeySource => {
  let keys: Keys | undefined;
  let attempt: { readonly at: number; readonly ok: boolean } | undefined;
  let underWay: Promise<void> | undefined;

  const fetchKeys = async () => {
    const at = env.mono();
    const set = parseKeys(await httpGet(jwksUri, { timeoutMs: TIMEOUT_MS, bytesMax: BYTES_MAX }));
    if (set !== undefined) keys = { set, fetchedAt: at };
    attempt = { at, ok: set !== undefined };
  };
  /** Fetches unless that was tried just now. */
  const refresh = async (): Promise<void> => {
    const cooldown = keys === undefined ? COLD_COOLDOWN_MS : COOLDOWN_MS;
    if (underWay === undefined && attempt !== undefined && env.mono() - attempt.at < cooldown) return;
    underWay ??= fetchKeys().finally(() => {
      underWay = undefined;
    });
    await underWay;
  };
  const age = () => (keys === undefined ? Number.POSITIVE_INFINITY : env.mono() - keys.fetchedAt);

  return {
    find: async (header) => {
      if (age() >= MAX_AGE_MS) await refresh();
      if (keys === undefined || age() >= STALE_MAX_MS) return 'unreachable';
      const found = await selectKey(keys.set, header);
      if (found !== undefined) return found;
      await refresh();
      return (await selectKey(keys.set, header)) ?? (attempt?.ok === false ? 'unreachable' : 'unknown');
    },
  };
};

const selectKey = async (set: LocalJWKSet, header: { readonly alg: string; readonly kid: string }): Promise<CryptoKey | undefined> => {
  try {
    return await set(header);
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof DOMException) return undefined;
    throw error;
  }
};

// A symmetric key has no place in a public list: whoever reads it could sign by it.
const isPublicKey = (value: unknown): value is JWK =>
  isJsonObject(value) && typeof value.kty === 'string' && value.kty !== 'oct' && value.use !== 'enc' && typeof value.kid === 'string';

const parseKeys = (text: string | undefined): LocalJWKSet | undefined => {
  try {
    const parsed: unknown = JSON.parse(text ?? '');
    if (!isJsonObject(parsed) || !Array.isArray(parsed.keys) || parsed.keys.length > KEYS_MAX) return undefined;
    const keys = parsed.keys.filter(isPublicKey);
    const set: JSONWebKeySet = { keys };
    return keys.length === 0 ? undefined : createLocalJWKSet(set);
  } catch {
    return undefined;
  }
};
