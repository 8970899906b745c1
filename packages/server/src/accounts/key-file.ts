import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Env, ok, type Result, refuse } from '@tidemark/protocol';
import { exportJWK, generateKeyPair } from 'jose';
import * as z from 'zod';
import { SIGNING_ALGORITHMS, type SigningAlgorithm, type SigningKey, type SigningKeys } from './signing-keys.ts';

/** The name of the file in a data folder that holds the signing keys, readable by its owner only. */
export const SIGNING_KEYS_FILE = 'signing-keys.json';

const LIVE_KEYS = 2;
/** How long a change of the file may go unnoticed. */
const LOOK_AGAIN_MS = 5_000;

const keySchema = z.object({ kid: z.string().min(1).max(64), alg: z.enum(SIGNING_ALGORITHMS), jwk: z.record(z.string(), z.string()) });
const fileSchema = z.object({ keys: z.array(keySchema).min(1).max(LIVE_KEYS) });

/** The keys in a text of the form of SIGNING_KEYS_FILE, the one that signs first; undefined where it is none. */
export const parseSigningKeys = (text: string): readonly SigningKey[] | undefined => {
  try {
    return fileSchema.parse(JSON.parse(text)).keys;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return undefined;
    throw error;
  }
};

const hasCode = (error: unknown, code: string): boolean => error instanceof Error && 'code' in error && error.code === code;

const newKey = async (alg: SigningAlgorithm, env: Env): Promise<SigningKey> => {
  const { privateKey } = await generateKeyPair(alg, {
    extractable: true,
    ...(alg === 'EdDSA' ? { crv: 'Ed25519' } : { modulusLength: 2048 }),
  });
  return { kid: env.uuid(), alg, jwk: await exportJWK(privateKey) };
};

/** Written aside, synced and then renamed: the name always has whole keys behind it. */
const writeKeys = async (file: string, keys: readonly SigningKey[], env: Env): Promise<void> => {
  const draft = `${file}.${env.uuid()}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify({ keys })}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  const folder = await open(dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
};

const readKeys = async (file: string): Promise<Result<readonly SigningKey[]> | undefined> => {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const keys = parseSigningKeys(text);
  if (keys !== undefined) return ok(keys);
  return refuse(
    'INTERNAL',
    `${file} does not hold signing keys. Put the right file back, or remove it: a new one is made, and sessions go on with it.`,
  );
};

/**
 * Adds a new signing key before the ones there are, of which the newest stays believed. Works beside a server, which
 * takes the new key within seconds. Refused with INTERNAL where the file holds no keys.
 */
export const rotateSigningKeys = async (
  folder: string,
  env: Env,
  alg?: SigningAlgorithm,
): Promise<Result<{ readonly kid: string; readonly alg: SigningAlgorithm }>> => {
  const file = join(folder, SIGNING_KEYS_FILE);
  const found = await readKeys(file);
  if (found?.ok === false) return found;
  const before = found?.value ?? [];
  const made = await newKey(alg ?? before[0]?.alg ?? 'EdDSA', env);
  await writeKeys(file, [made, ...before].slice(0, LIVE_KEYS), env);
  return ok({ kid: made.kid, alg: made.alg });
};

/**
 * The signing keys of a data folder; made (EdDSA unless `algorithm` says otherwise) where there are none. Refused with
 * INTERNAL where the file holds something else: it is never replaced, since somebody may want it back.
 */
export const openSigningKeys = async (folder: string, env: Env, algorithm?: SigningAlgorithm): Promise<Result<SigningKeys>> => {
  const file = join(folder, SIGNING_KEYS_FILE);
  if ((await readKeys(file)) === undefined) await writeKeys(file, [await newKey(algorithm ?? 'EdDSA', env)], env);
  const first = await readKeys(file);
  if (first === undefined) return refuse('INTERNAL', `${file} went away while it was read.`);
  if (!first.ok) return first;
  let keys = first.value;
  let changedAt = (await stat(file)).mtimeMs;
  let lookedAt = env.mono();
  const look = async (): Promise<readonly SigningKey[]> => {
    if (env.mono() - lookedAt < LOOK_AGAIN_MS) return keys;
    lookedAt = env.mono();
    // A file that went away or cannot be read now takes nothing from those who hold tokens.
    const mtimeMs = await stat(file).then(
      (found) => found.mtimeMs,
      () => changedAt,
    );
    if (mtimeMs === changedAt) return keys;
    const read = await readKeys(file);
    if (read?.ok === true) {
      keys = read.value;
      changedAt = mtimeMs;
    }
    return keys;
  };
  return ok({
    current: async () => {
      const [newest] = await look();
      if (newest === undefined) throw new Error(`${file} holds no key.`);
      return newest;
    },
    all: async () => look(),
  });
};
