import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { timeTracker } from '@tidemark/apps/time-tracker';
import { type JsonObject, refuse } from '@tidemark/protocol';
import { createNodeEnv } from '@tidemark/server';
import { applyImport, checkExport, openExport } from '@tidemark/server/transfer';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type OpenedDatabase, openDatabase } from '../open-engine.ts';
import { spaceOf } from '../spaces.ts';

const space = spaceOf('time-tracker', 'demo');
const env = createNodeEnv();
let folder = '';
let database: OpenedDatabase;

const open = async (name: string): Promise<OpenedDatabase> => {
  const opened = await openDatabase(join(folder, name), env);
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.value;
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-import-'));
  database = await open('one.db');
});
afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const taskFields = (title: string): JsonObject => ({ title, archived: false, tags: [], intervals: [], updatedAt: 1 });

const pushTasks = async (
  { engine }: OpenedDatabase,
  clientId: string,
  titles: readonly string[],
  idOf = (index: number) => `t${index}`,
) => {
  const mutations = titles.map((title, index) => ({
    mutationId: `${clientId}-${index}`,
    n: index + 1,
    collection: 'tasks',
    id: idOf(index),
    op: 'put' as const,
    fields: { ...taskFields(title) },
    base: 0,
    at: 5,
  }));
  const answer = await engine.push(space, { protocolVersion: 1, clientId, schemaVersion: 1, mutations });
  expect(answer).toMatchObject({ ok: true, value: { rejected: [] } });
};

const exportTo = async ({ engine }: OpenedDatabase, file: string): Promise<string> => {
  const opened = await openExport(engine, space, { app: timeTracker, exportedAt: 77 });
  if (!opened.ok) throw new Error(opened.error.message);
  let text = '';
  for await (const piece of opened.value.text()) text += piece;
  await writeFile(file, text);
  return text;
};

const importJob = async ({ engine }: OpenedDatabase, file: string) => {
  const source = () => createReadStream(file);
  const checked = await checkExport(source, timeTracker);
  if (!checked.sound) throw new Error(JSON.stringify(checked.problems));
  return { engine, space, source, checked, mode: 'merge' as const, onProgress: () => undefined };
};

const importFrom = async (database: OpenedDatabase, file: string, dryRun = false) => {
  const report = await applyImport(await importJob(database, file), { dryRun });
  if (!report.ok) throw new Error(report.error.message);
  return report.value;
};

test('more records than a batch: all arrive; a second import of the file knows them all; a dry run stores nothing', async () => {
  const titles = Array.from({ length: 1_203 }, (_, index) => `task ${index}`);
  await pushTasks(database, 'writer', titles);
  const file = join(folder, 'export.jsonl');
  const text = await exportTo(database, file);
  const other = await open('two.db');
  expect((await importFrom(other, file, true)).counts.written).toBe(1_203);
  expect((await other.storage.readSpace(space.key))?.head ?? 0).toBe(0);
  expect((await importFrom(other, file)).counts).toMatchObject({ written: 1_203, known: 0 });
  const head = (await other.storage.readSpace(space.key))?.head;
  expect((await importFrom(other, file)).counts).toMatchObject({ written: 0, known: 1_203 });
  expect((await other.storage.readSpace(space.key))?.head).toBe(head);
  const again = await exportTo(other, join(folder, 'again.jsonl'));
  const contents = (file: string) =>
    file
      .split('\n')
      .slice(1, -2)
      .map((line) => JSON.parse(line))
      .map(({ collection, id, fields }) => ({ collection, id, fields }));
  expect(contents(again)).toEqual(contents(text));
  await other.close();
});

test('an import that was cut off goes on where it stopped', async () => {
  await pushTasks(
    database,
    'writer',
    Array.from({ length: 700 }, (_, index) => `task ${index}`),
  );
  const file = join(folder, 'export.jsonl');
  await exportTo(database, file);
  const other = await open('two.db');
  const job = await importJob(other, file);
  let applied = 0;
  const cut = {
    ...other.engine,
    apply: async (...given: Parameters<typeof other.engine.apply>) => {
      applied += 1;
      return applied > 1 ? refuse('UNAVAILABLE', 'cut off') : other.engine.apply(...given);
    },
  };
  expect(await applyImport({ ...job, engine: cut }, { dryRun: false })).toMatchObject({ ok: false });
  expect((await importFrom(other, file)).counts).toMatchObject({ known: 500, written: 200 });
  await other.close();
});

test('an import meets records that were edited since as one more client would: nothing is dropped silently', async () => {
  await pushTasks(database, 'writer', ['from the file', 'the same']);
  const file = join(folder, 'export.jsonl');
  await exportTo(database, file);
  const other = await open('two.db');
  await pushTasks(other, 'resident', ['already here', 'the same']);
  const { counts, problems } = await importFrom(other, file);
  expect(problems).toEqual([]);
  expect(counts.unchanged).toBe(1);
  expect(counts.conflict + counts.merged + counts.written).toBe(1);
  const history = await other.engine.history(space, { collection: 'tasks', id: 't0' });
  const conflicts = await other.engine.conflicts(space, { state: 'all' });
  const kept = JSON.stringify([history, conflicts]);
  expect(kept).toContain('already here');
  expect(kept).toContain('from the file');
  await other.close();
});
