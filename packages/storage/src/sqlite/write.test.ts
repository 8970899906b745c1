import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { appendOf, changeRow, countTo, SPACE } from '@tidemark/engine/conformance';
import { StorageFailure } from '@tidemark/engine/storage';
import { describe, expect, it } from 'vitest';
import { connect } from './database.ts';
import { migrate } from './migrate.ts';
import { createReads } from './read.ts';
import { freshFolder, opened } from './test-env.suite.ts';
import { createWrites, type Job } from './write.ts';
import { runJobs } from './writer.ts';

const PAGE = { after: 0, limit: 100_000, bytesMax: Number.MAX_SAFE_INTEGER };
const appendTo = (key: string, expectedAppends: number, seq: number, fieldsJson = '{}'): Job => ({
  kind: 'append',
  batch: appendOf(expectedAppends, [changeRow(seq, { fieldsJson })], { row: { key } }),
});

const onDatabase = (test: (db: ReturnType<typeof connect>, run: (jobs: readonly Job[]) => ReturnType<typeof runJobs>) => void): void => {
  const db = connect(':memory:');
  migrate(db, ':memory:');
  const write = createWrites(db, new Map());
  test(db, (jobs) => runJobs(db, write, jobs, () => false));
  db.close();
};

describe('a group of jobs', () => {
  it('shares one commit, whatever spaces its appends are for', async () => {
    const folder = freshFolder();
    const commits: number[] = [];
    const storage = await opened(join(folder.path, 'x.db'), { onCommit: ({ appends }) => commits.push(appends) });
    const keys = countTo(50).map((n) => `app/u${n}`);
    await Promise.all(keys.map((key) => storage.append(appendOf(0, [changeRow(1)], { row: { key } }))));
    await Promise.all(keys.map((key) => storage.append(appendOf(0, [changeRow(1)], { row: { key } }))));
    expect(commits).toEqual([50]);
    await storage.close();
    folder.remove();
  });

  it('evaluates each compare after the jobs before it, and a lost one concerns that job only', () =>
    onDatabase((_db, run) => {
      const jobs = [appendTo('app/a', 0, 1), appendTo('app/a', 0, 1), appendTo('app/b', 7, 1), appendTo('app/a', 1, 2)];
      expect(run(jobs).map((outcome) => (outcome.ok ? outcome.answer : 'failed'))).toEqual([
        'stored',
        'head_moved',
        'head_moved',
        'stored',
      ]);
    }));

  it('loses only the job that is itself at fault', () =>
    onDatabase((db, run) => {
      const broken = appendTo('app/b', 0, 1);
      if (broken.kind !== 'append') return;
      const twice: Job = { kind: 'append', batch: { ...broken.batch, changes: [changeRow(1), changeRow(1)] } };
      expect(run([appendTo('app/a', 0, 1), twice, appendTo('app/c', 0, 1)]).map((one) => one.ok)).toEqual([true, false, true]);
      const reads = createReads(db, new Map());
      expect(reads.readSpace('app/b')).toBeUndefined();
      expect(reads.readLog('app/a', PAGE)).toHaveLength(1);
    }));

  it('stores nothing of any job when the file may not grow, and goes on when it may', () =>
    onDatabase((db, run) => {
      const limit = (pages: number) => db.exec(`PRAGMA max_page_count = ${pages}`);
      const reads = createReads(db, new Map());
      const big = '"'.padEnd(100_000, 'x');
      expect(run([appendTo('app/a', 0, 1)])).toEqual([{ ok: true, answer: 'stored' }]);
      limit(60);
      const failed = run([
        appendTo('app/a', 1, 2),
        appendTo('app/b', 0, 1, big),
        appendTo('app/b', 1, 2, big),
        appendTo('app/c', 0, 1, big),
      ]);
      expect(failed.map((one) => (one.ok ? 'stored' : one.outcome))).toEqual(['nothing', 'nothing', 'nothing', 'nothing']);
      expect(reads.readSpace('app/a')?.appends).toBe(1);
      expect(reads.readSpace('app/b')).toBeUndefined();
      limit(1_000_000);
      expect(run([appendTo('app/a', 1, 2), appendTo('app/b', 0, 1, big)]).every((one) => one.ok)).toBe(true);
      expect(reads.readLog('app/a', PAGE)).toHaveLength(2);
    }));
});

describe('a commit that fails while it is synced', () => {
  const lost = Object.assign(new Error('disk I/O error'), { sqliteExtendedCode: 10 | (4 << 8) });
  const failing = {
    isTransaction: true,
    exec: (sql: string) => {
      if (sql === 'COMMIT') throw lost;
    },
  };

  it('is of unknown outcome, unless what it left can be taken away', () => {
    const outcomeWith = (settled: boolean) =>
      runJobs(
        failing,
        () => 'stored',
        [appendTo('app/a', 0, 1)],
        () => settled,
      );
    expect(outcomeWith(false)).toEqual([{ ok: false, outcome: 'unknown', error: lost }]);
    expect(outcomeWith(true)).toEqual([{ ok: false, outcome: 'nothing', error: lost }]);
  });
});

/** A real disk of a few MB, or undefined where this machine lets nobody mount one. */
const tinyDisk = (path: string): (() => void) | undefined => {
  mkdirSync(path);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', path], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  // Lazily: the library lets the file go when its statements are collected.
  return () => execFileSync('umount', ['-l', path]);
};

describe('a full disk', () => {
  it('refuses writes, acknowledges none that is lost, and takes them again when there is room', async ({ skip }) => {
    const folder = freshFolder();
    const disk = join(folder.path, 'disk');
    const unmount = tinyDisk(disk);
    if (unmount === undefined) return skip('mount -t tmpfs is not allowed here; the max_page_count test above stands in');
    writeFileSync(join(disk, 'filler'), Buffer.alloc(1_000_000));
    const storage = await opened(join(disk, 'x.db'));
    let stored = 0;
    const appendNext = () => storage.append(appendOf(stored, [changeRow(stored + 1, { fieldsJson: `"${'x'.repeat(20_000)}"` })]));
    const failures: unknown[] = [];
    while (failures.length < 3) {
      try {
        if ((await appendNext()) === 'stored') stored += 1;
      } catch (error) {
        failures.push(error);
      }
    }
    for (const failure of failures) {
      expect(failure).toBeInstanceOf(StorageFailure);
      expect(failure).toMatchObject({ code: 'storage_full', outcome: 'nothing' });
    }
    expect(stored).toBeGreaterThan(5);
    expect((await storage.readSpace(SPACE))?.appends).toBe(stored);
    expect((await storage.readLog(SPACE, PAGE)).map((row) => row.seq)).toEqual(countTo(stored));
    rmSync(join(disk, 'filler'));
    expect(await appendNext()).toBe('stored');
    expect(await storage.integrityCheck()).toEqual([]);
    await storage.close();
    const again = await opened(join(disk, 'x.db'));
    expect((await again.readLog(SPACE, PAGE)).map((row) => row.seq)).toEqual(countTo(stored + 1));
    await again.close();
    unmount();
    folder.remove();
  });
});

describe('a closed storage', () => {
  it('fails every call as storing nothing', async () => {
    const storage = await opened(':memory:');
    await storage.close();
    const failed = { code: 'storage_failed', outcome: 'nothing' };
    await expect(storage.append(appendOf(0, []))).rejects.toMatchObject(failed);
    await expect(storage.readSpace(SPACE)).rejects.toMatchObject(failed);
  });
});
