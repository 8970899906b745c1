import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeThroughDraft } from './write-file.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-draft-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a draft replaces the file as a whole and leaves nothing beside it', async () => {
  const file = join(folder, 'file');
  await writeFile(file, 'old');
  await writeThroughDraft(file, 'uuid-1', (draft) => writeFile(draft, 'new'));
  expect(await readFile(file, 'utf8')).toBe('new');
  expect(await readdir(folder)).toEqual(['file']);
});

test('when the draft fails the old file stays and the draft goes', async () => {
  const file = join(folder, 'file');
  await writeFile(file, 'old');
  const failing = writeThroughDraft(file, 'uuid-1', async (draft) => {
    await writeFile(draft, 'half');
    throw new Error('the disk is full');
  });
  await expect(failing).rejects.toThrow('the disk is full');
  expect(await readFile(file, 'utf8')).toBe('old');
  expect(await readdir(folder)).toEqual(['file']);
});
