import { once } from 'node:events';
import { existsSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { holdInOtherProcess } from './holder.suite.ts';
import { openSqliteStorage } from './open.ts';
import { SPACE_COLUMNS } from './rows.ts';
import { MIGRATIONS, SEQ_BITS } from './schema.ts';
import { freshFolder, opened, testEnv } from './test-env.suite.ts';

let folder: ReturnType<typeof freshFolder>;
let file = '';
beforeEach(() => {
  folder = freshFolder();
  file = join(folder.path, 'tidemark.db');
});
afterEach(() => folder.remove());

const refusal = async (path = file, busyWaitMs = 0) => {
  const result = await openSqliteStorage({ file: path, env: testEnv, busyWaitMs });
  if (!result.ok) return result.error;
  await result.value.close();
  throw new Error('It was opened.');
};

describe('a file that is open', () => {
  it('is refused in the same process, also by another name, until it is closed', async () => {
    const storage = await opened(file);
    symlinkSync(file, join(folder.path, 'alias.db'));
    for (const path of [file, join(folder.path, 'alias.db')]) {
      const error = await refusal(path);
      expect(error.code).toBe('UNAVAILABLE');
      expect(error.message).toContain(`${file} is open in another Tidemark process. Stop that process`);
    }
    await storage.close();
    await (await opened(file)).close();
  });

  it('is refused to another process, and free once its holder was killed', async () => {
    const holder = await holdInOtherProcess(file, folder.path);
    expect((await refusal()).code).toBe('UNAVAILABLE');
    const gone = once(holder, 'exit');
    const waiting = opened(file, { busyWaitMs: 5_000 });
    holder.kill('SIGKILL');
    const storage = await waiting;
    await gone;
    expect((await storage.readLog('app/ann', { after: 0, limit: 10, bytesMax: 1_000 })).map((row) => row.seq)).toEqual([1]);
    expect(await storage.integrityCheck()).toEqual([]);
    await storage.close();
  }, 30_000);

  it('is waited for as long as asked', async () => {
    const storage = await opened(file);
    const start = testEnv.mono();
    expect((await refusal(file, 120)).code).toBe('UNAVAILABLE');
    expect(testEnv.mono() - start).toBeGreaterThanOrEqual(120);
    const waiting = opened(file, { busyWaitMs: 5_000 });
    await storage.close();
    await (await waiting).close();
  });
});

describe('a file that is not ours', () => {
  it('of a newer storageVersion is refused and left as it is', async () => {
    await (await opened(file)).close();
    const db = new DatabaseSync(file);
    db.exec('PRAGMA user_version = 99');
    db.close();
    const error = await refusal();
    expect(error).toMatchObject({ code: 'UNAVAILABLE', details: { storageVersion: 99, known: MIGRATIONS.length } });
    expect(error.message).toContain('Run the newer Tidemark');
  });

  it.each(MIGRATIONS.map((_, i) => i + 1))('of storageVersion %i is brought to the newest, with what it holds', async (version) => {
    const db = new DatabaseSync(file);
    for (const migration of MIGRATIONS.slice(0, version)) db.exec(migration);
    db.exec(`PRAGMA user_version = ${version}`);
    db.exec(`INSERT INTO spaces (${SPACE_COLUMNS}) VALUES ('app/ann', 'app', 's', 'e', 0, 3, 0, 'h', 0, '', 1, 1, '{}', '[]')`);
    db.close();
    const storage = await opened(file);
    expect((await storage.readSpace('app/ann'))?.appends).toBe(3);
    expect(await storage.accounts.write([{ kind: 'put', owner: 'o', id: 'i', expected: 0, expiresAt: null, json: '1' }])).toBe('stored');
    await storage.close();
  });

  it('of storageVersion 3, where records had their fields twice, keeps records and receipts', async () => {
    const db = new DatabaseSync(file);
    for (const migration of MIGRATIONS.slice(0, 3)) db.exec(migration);
    db.exec('PRAGMA user_version = 3');
    db.exec(`INSERT INTO spaces (${SPACE_COLUMNS}) VALUES ('app/ann', 'app', 's', 'e', 0, 1, 1, 'h', 0, '', 1, 1, '{}', '[]')`);
    const position = `1 << ${SEQ_BITS} | 1`;
    db.exec(`INSERT INTO log VALUES (${position}, 'tasks', 't', 1, 0, 7, 1, 0, '{"a":1}', 'm', 'c', 6, 'h')`);
    db.exec(`INSERT INTO records VALUES (1, 1, 'tasks', 't', 1, 1, 7, 1, 0, '{"a":1}', '{"s":[1,"c",6]}')`);
    db.exec(`INSERT INTO receipts VALUES (1, 'm', 'content', 'applied', 1, 1, 'tasks', 't', NULL)`);
    db.close();
    const storage = await opened(file);
    const at = { collection: 'tasks', id: 't', seq: 1, revision: 1 };
    expect(await storage.load('app/ann', { records: [at], receipts: ['m'], clients: [] })).toMatchObject({
      records: [{ ...at, updatedAt: 7, schemaVersion: 1, deleted: false, fieldsJson: '{"a":1}', metaJson: '{"s":[1,"c",6]}' }],
      receipts: [
        { mutationId: 'm', hash: 'content', verdict: 'applied', seq: 1, revision: 1, collection: 'tasks', id: 't', extraJson: null },
      ],
    });
    expect(await storage.integrityCheck()).toEqual([]);
    await storage.close();
  });

  it('of another program is refused', async () => {
    const db = new DatabaseSync(file);
    db.exec('CREATE TABLE notes (text TEXT)');
    db.close();
    expect((await refusal()).message).toContain('another program');
  });

  it('that is no database, or has no folder, is refused', async () => {
    writeFileSync(file, 'Dear diary, '.repeat(1_000));
    expect((await refusal()).message).toContain('is not a database');
    const nowhere = join(folder.path, 'nowhere', 'x.db');
    expect((await refusal(nowhere)).message).toContain(nowhere);
    expect(existsSync(nowhere)).toBe(false);
  });

  it('can be opened after a refusal, since no lock stays behind', async () => {
    writeFileSync(file, 'Dear diary, '.repeat(1_000));
    await refusal();
    writeFileSync(file, '');
    await (await opened(file)).close();
  });
});
