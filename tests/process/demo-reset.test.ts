import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { freshFolder, serve } from './platform/tidemark-process.ts';

const runFile = promisify(execFile);
const script = fileURLToPath(new URL('../../tools/demo-reset.js', import.meta.url));

test('the demo is not emptied under a running server; after its end the database goes and the key stays', async () => {
  const data = await freshFolder();
  const reset = () => runFile(process.execPath, [script], { env: { ...process.env, TIDEMARK_DATA: data } });
  const server = await serve(['--data', data]);
  await expect(reset()).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('Stop it') });
  expect(await readdir(data)).toContain('tidemark.db');
  await server.end('SIGKILL');
  const { stdout } = await reset();
  expect(stdout).toContain(`Removing ${data}/tidemark.db-wal`);
  const left = await readdir(data);
  expect(left).toContain('development-key.json');
  expect(left.filter((name) => /\.db(-wal|-shm)?$/.test(name))).toEqual([]);
  expect((await reset()).stdout).toContain('empty already');
});
