import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { appendOf, changeRow, countTo, SPACE } from '@tidemark/engine/conformance';
import { expect, it } from 'vitest';
import type { BackupProgress } from './backup.ts';
import { freshFolder, opened } from './test-env.suite.ts';

const PAGE = { after: 0, limit: 100_000, bytesMax: Number.MAX_SAFE_INTEGER };

it('a backup made under writes is a whole database of one moment', async () => {
  const folder = freshFolder();
  const copy = join(folder.path, 'copy.db');
  const storage = await opened(join(folder.path, 'x.db'));
  const fieldsJson = `"${'x'.repeat(2_000)}"`;
  await storage.append(
    appendOf(
      0,
      countTo(2_000).map((seq) => changeRow(seq, { fieldsJson })),
    ),
  );
  const seen: BackupProgress[] = [];
  const copying = storage.backup(copy, (progress) => {
    expect(existsSync(copy)).toBe(progress.pagesDone === progress.pagesTotal);
    seen.push(progress);
  });
  for (const n of countTo(20)) await storage.append(appendOf(n, [changeRow(2_000 + n, { fieldsJson })]));
  await copying;
  expect(seen.at(-1)).toMatchObject({ pagesDone: seen.at(-1)?.pagesTotal });
  expect(seen.at(-1)?.pagesTotal).toBeGreaterThan(500);

  const restored = await opened(copy);
  expect(await restored.integrityCheck()).toEqual([]);
  const log = await restored.readLog(SPACE, PAGE);
  expect(log.length).toBeGreaterThanOrEqual(2_000);
  expect(log.map((row) => row.seq)).toEqual(countTo(log.length));
  expect((await restored.readSpace(SPACE))?.head).toBe(log.length);
  await restored.close();
  expect(await storage.readLog(SPACE, PAGE)).toHaveLength(2_020);
  await storage.close();
  folder.remove();
});

it('a backup never overwrites a file', async () => {
  const folder = freshFolder();
  const taken = join(folder.path, 'taken.db');
  writeFileSync(taken, 'mine');
  const storage = await opened(join(folder.path, 'x.db'));
  await expect(storage.backup(taken)).rejects.toThrow(`${taken} exists already`);
  await storage.close();
  folder.remove();
});
