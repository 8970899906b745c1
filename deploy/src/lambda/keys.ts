import type { Env } from '@tidemark/protocol';
import { parseSigningKeys, type SigningKey, type SigningKeys } from '@tidemark/server/accounts';
import * as z from 'zod';

/** Keys that were rotated are taken within this time. */
const READ_AGAIN_MS = 5 * 60 * 1000;

const secretSchema = z.strictObject({
  /** As a configuration file. */
  config: z.record(z.string(), z.unknown()).default({}),
  /** As the file signing-keys.json holds them. */
  signingKeys: z.object({ keys: z.array(z.unknown()) }).optional(),
});

export interface Secret {
  readonly config: { readonly [name: string]: unknown };
  readonly keys: readonly SigningKey[];
}

/** What a secret holds: `{ "config": {…}, "signingKeys": {"keys": […]} }`. Throws with what is wrong, never with the value. */
export const parseSecret = (text: string): Secret => {
  const parsed = secretSchema.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error('The secret must hold {"config": {…}, "signingKeys": {"keys": […]}} and nothing else.');
  const { config, signingKeys } = parsed.data;
  const keys = signingKeys === undefined ? [] : parseSigningKeys(JSON.stringify(signingKeys));
  if (keys === undefined) throw new Error('signingKeys of the secret is not what a signing-keys.json holds.');
  return { config, keys };
};

/**
 * Signing keys out of a secret, read again every five minutes. Where it cannot be read now, the keys known so far stay: nobody is
 * signed out by a fault of Secrets Manager.
 */
export const createSecretKeys = (first: Secret, read: () => Promise<string>, env: Pick<Env, 'mono'>): SigningKeys => {
  let { keys } = first;
  let readAt = env.mono();
  const look = async (): Promise<readonly SigningKey[]> => {
    if (env.mono() - readAt < READ_AGAIN_MS) return keys;
    readAt = env.mono();
    const found = await read().then(
      (text) => parseSecret(text).keys,
      () => keys,
    );
    if (found.length > 0) keys = found;
    return keys;
  };
  return {
    current: async () => {
      const [newest] = await look();
      if (newest === undefined) throw new Error('The secret holds no signing keys. Make them with: tidemark keys rotate');
      return newest;
    },
    all: look,
  };
};
