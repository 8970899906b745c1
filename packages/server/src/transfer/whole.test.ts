import type { Engine, SpaceRef } from '@tidemark/engine';
import { expect, test } from 'vitest';
import { notes, openTestServer, pushOf, put, unwrap } from '../server.suite.ts';
import { checkExport } from './check-export.ts';
import { createSeal, printSeal } from './export-format.ts';
import { ONE_BATCH } from './import-batches.ts';
import { importFile } from './import-whole.ts';
import { openExport } from './write-export.ts';

const ALICE: SpaceRef = { app: 'notes', key: 'notes/alice' };
const BOB: SpaceRef = { app: 'notes', key: 'notes/bob' };

const exportOf = async (engine: Engine, space: SpaceRef, history = false): Promise<string> => {
  let text = '';
  for await (const piece of unwrap(await openExport(engine, space, { app: notes, exportedAt: 77, history })).text()) text += piece;
  return text;
};

const importInto = async (engine: Engine, space: SpaceRef, text: string) => {
  const source = () => [Buffer.from(text)];
  const checked = await checkExport(source, notes);
  if (!checked.sound) throw new Error(JSON.stringify(checked.problems));
  const job = { engine, space, source, checked, mode: 'merge' as const, onProgress: () => undefined };
  return importFile(job, checked.records, { dryRun: false, size: ONE_BATCH });
};

/** A space with an edit, a tombstone, an open conflict, a refusal, and fields written by two clients. */
const openLived = async () => {
  const { engine, storage } = await openTestServer();
  const push = async (clientId: string, ...mutations: ReturnType<typeof put>[]) =>
    unwrap(
      await engine.push(
        ALICE,
        pushOf(
          mutations.map((m) => ({ ...m, mutationId: `${clientId}-${m.n}` })),
          clientId,
        ) as never,
      ),
    );
  await push('phone', put(1, 'a', { fields: { title: 'one', body: 'first' } }), put(2, 'b'), put(3, 'gone'));
  await push('laptop', put(1, 'a', { op: 'patch', fields: { body: 'laptop' }, was: { body: 'first' }, base: 1 }));
  await push('phone', put(4, 'a', { op: 'patch', fields: { body: 'phone' }, was: { body: 'first' }, base: 1 }));
  await push('phone', put(5, 'gone', { op: 'delete', fields: undefined, base: 3, was: { title: 'note gone' } }));
  await push('phone', put(6, 'bad', { fields: { title: 7 } }));
  await push('laptop', put(2, 'b', { op: 'patch', fields: { title: 'renamed' }, was: { title: 'note b' }, base: 2 }));
  return { engine, storage, push };
};

const seal = (lines: readonly string[]): string => {
  const made = createSeal();
  for (const [i, line] of lines.entries()) {
    const parsed = JSON.parse(line);
    const part = parsed.collection ?? (parsed.change ? '$history' : '$receipts');
    if (i === 0) made.add(`${line}\n`);
    else made.addLines(part, `${line}\n`);
  }
  return `${lines.join('\n')}\n${printSeal(made.close())}`;
};

test.each([false, true])(
  'into an empty space all comes exactly as it was; exported again it is the same, byte for byte (history %s)',
  async (history) => {
    const { engine, storage } = await openLived();
    const file = await exportOf(engine, ALICE, history);
    expect(JSON.parse(file.split('\n')[0] ?? '')).toMatchObject({ counts: { notes: 2 }, openConflicts: 1, history, seq: 7 });
    const before = unwrap(await engine.session(BOB));
    expect(unwrap(await importInto(engine, BOB, file)).counts).toMatchObject({ written: 2, merged: 0 });
    expect(await exportOf(engine, BOB, history)).toBe(file);
    expect((await engine.verify(BOB)).problems).toEqual([]);
    expect(unwrap(await engine.digest(BOB)).collections).toEqual(unwrap(await engine.digest(ALICE)).collections);
    const after = unwrap(await engine.session(BOB));
    expect(after).toMatchObject({ spaceId: before.spaceId, latestVersion: 7 });
    expect([before.epoch, unwrap(await engine.session(ALICE)).epoch]).not.toContain(after.epoch);
    const page = { limit: 100, bytesMax: 1_000_000, tombstones: true };
    expect(await storage.readRecords(BOB.key, page)).toEqual(
      (await storage.readRecords(ALICE.key, page)).map((row) => ({ ...row, metaJson: expect.any(String) })),
    );
    if (history) {
      expect(await storage.readLog(BOB.key, { after: 0, ...page })).toEqual(await storage.readLog(ALICE.key, { after: 0, ...page }));
      const { receipts } = await storage.load(BOB.key, { records: [], receipts: ['phone-6', 'laptop-1'], clients: [] });
      expect(receipts).toHaveLength(2);
    }
  },
);

test('the file that a space began as is known afterwards, whatever was edited since', async () => {
  const { engine } = await openLived();
  const file = await exportOf(engine, ALICE);
  await importInto(engine, BOB, file);
  const edit = put(1, 'b', { mutationId: 'edit', fields: { title: 'edited since' }, base: 7 });
  unwrap(await engine.push(BOB, pushOf([edit], 'tablet') as never));
  expect(unwrap(await importInto(engine, BOB, file)).counts).toMatchObject({ written: 0, known: 2 });
  expect(unwrap(await engine.conflicts(BOB, { state: 'open' })).conflicts).toHaveLength(1);
});

test('an edit made before the import meets the fields as they were written, and the conflict goes on', async () => {
  const { engine } = await openLived();
  await importInto(engine, BOB, await exportOf(engine, ALICE));
  const [conflict] = unwrap(await engine.conflicts(BOB, { state: 'open' })).conflicts;
  const resolved = unwrap(await engine.resolve(BOB, conflict?.conflictId ?? '', { choose: 'mine' }));
  expect(resolved.status).toBe('applied');
  expect(unwrap(await engine.conflicts(BOB, { state: 'open' })).conflicts).toEqual([]);
  const again = put(1, 'gone', { mutationId: 'again', base: 0 });
  expect(unwrap(await engine.push(BOB, pushOf([again], 'tablet') as never)).accepted).toMatchObject([{ revision: 3 }]);
});

test('clients of the space as it was empty are told to start over, and those of the old space that it is another', async () => {
  const { engine } = await openLived();
  const old = unwrap(await engine.pull(ALICE, { clientId: 'phone' }));
  const empty = unwrap(await engine.pull(BOB, { clientId: 'tablet' }));
  await importInto(engine, BOB, await exportOf(engine, ALICE));
  expect(unwrap(await engine.pull(BOB, { clientId: 'tablet', cursor: empty.cursor }))).toMatchObject({ reset: 'epoch' });
  expect(await engine.pull(BOB, { clientId: 'phone', cursor: old.cursor })).toMatchObject({ ok: false, error: { code: 'WRONG_SPACE' } });
});

test('a log that does not hang together is refused, and nothing is stored', async () => {
  const { engine } = await openLived();
  const lines = (await exportOf(engine, ALICE, true)).trimEnd().split('\n').slice(0, -1);
  const refusedFor = async (changed: readonly string[]) => {
    const answer = await importInto(engine, BOB, seal(changed));
    expect(unwrap(await engine.session(BOB)).latestVersion).toBe(0);
    return answer.ok ? 'taken' : `${answer.error.code} ${answer.error.message}`;
  };
  const swap = (from: string | RegExp, to: string) => lines.map((line) => line.replace(from, to));
  expect(await refusedFor(swap('"renamed"', '"forged"'))).toMatch(/IMPORT_REFUSED .*seq 7 does not fit/);
  expect(await refusedFor(lines.filter((line) => !line.includes('"seq":2,')))).toMatch(/IMPORT_REFUSED .*before seq 3 is missing/);
  expect(await refusedFor(swap('"seq":7,', '"seq":99999999999,'))).toMatch(/IMPORT_REFUSED/);
  expect(await refusedFor(swap(/"meta":\{"f":/u, '"meta":{"x":'))).toMatch(/IMPORT_REFUSED .*meta of .* cannot be read/);
});
