import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { link, mkdir, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isJsonObject, ok, type Result, refuse } from '@tidemark/protocol';

/** An Ed25519 key pair that signs and checks development tokens. */
export interface DevelopmentKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** The name of the key file in a data folder: a private JWK, readable by its owner only. */
export const DEVELOPMENT_KEY_FILE = 'development-key.json';

/**
 * Reads the development key of a data folder, or makes one (mode 0600). Of two processes that make it at once one
 * wins and both answer the same key. Refused with INTERNAL when the file is there but holds no such key: it is never
 * replaced, since every token out there hangs on it. Throws on I/O errors.
 */
export const openDevelopmentKey = async (folder: string): Promise<Result<DevelopmentKey>> => {
  await mkdir(folder, { recursive: true });
  const file = join(folder, DEVELOPMENT_KEY_FILE);
  const text = (await readIfThere(file)) ?? (await createKeyFile(folder, file));
  const key = parseKey(text);
  return key === undefined
    ? refuse('INTERNAL', `${file} does not hold a development key. Remove it to have a new one made; tokens signed so far end with it.`)
    : ok(key);
};

const hasCode = (error: unknown, code: string): boolean => error instanceof Error && 'code' in error && error.code === code;

const readIfThere = async (file: string): Promise<string | undefined> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
};

// Written aside, synced, then linked: the name appears with the whole key behind it, and only for the first.
const createKeyFile = async (folder: string, file: string): Promise<string> => {
  const aside = await mkdtemp(join(folder, '.development-key-'));
  try {
    const draft = join(aside, 'key');
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }))}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(draft, file).catch((error: unknown) => {
      if (!hasCode(error, 'EEXIST')) throw error;
    });
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  return readFile(file, 'utf8');
};

const parseKey = (text: string): DevelopmentKey | undefined => {
  try {
    const jwk: unknown = JSON.parse(text);
    if (!isJsonObject(jwk)) return undefined;
    const { kty, crv, x, d } = jwk;
    if (kty !== 'OKP' || crv !== 'Ed25519' || typeof x !== 'string' || typeof d !== 'string') return undefined;
    const privateKey = createPrivateKey({ key: { kty, crv, x, d }, format: 'jwk' });
    return { privateKey, publicKey: createPublicKey(privateKey) };
  } catch {
    return undefined;
  }
};
