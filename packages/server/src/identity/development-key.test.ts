import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder, unwrap } from '../server.suite.ts';
import { DEVELOPMENT_KEY_FILE, openDevelopmentKey } from './development-key.ts';

test('the key is made once, for its owner only, and read again', async () => {
  const folder = join(temporaryFolder(), 'data');
  const made = unwrap(await openDevelopmentKey(folder));
  const read = unwrap(await openDevelopmentKey(folder));
  expect(read.publicKey.equals(made.publicKey)).toBe(true);
  expect(statSync(join(folder, DEVELOPMENT_KEY_FILE)).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual([DEVELOPMENT_KEY_FILE]);
});

test('of many that make it at once one wins and all answer the same', async () => {
  const folder = temporaryFolder();
  const keys = (await Promise.all(Array.from({ length: 16 }, () => openDevelopmentKey(folder)))).map(unwrap);
  const [first] = keys;
  expect(keys.every((key) => first !== undefined && key.privateKey.equals(first.privateKey))).toBe(true);
  expect(readdirSync(folder)).toEqual([DEVELOPMENT_KEY_FILE]);
});

test.each(['', '{', '{}', '{"kty":"OKP","crv":"Ed25519","x":"a","d":"b"}', '{"kty":"RSA"}'])(
  'a file that holds no key is refused and kept: %s',
  async (text) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, DEVELOPMENT_KEY_FILE), text);
    expect(await openDevelopmentKey(folder)).toMatchObject({ ok: false, error: { code: 'INTERNAL' } });
  },
);
