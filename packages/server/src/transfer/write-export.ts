import type { Engine, Snapshot, SnapshotRecord, SpaceRef } from '@tidemark/engine';
import { type AppDefinition, ok, type Result } from '@tidemark/protocol';
import { createSeal, type Manifest, printManifest, printRecordLine, printSeal } from './export-format.ts';

/** An export about to be written. */
export interface Export {
  readonly manifest: Manifest;
  /** The file in pieces: manifest, live records in order of (collection, id), seal. In constant memory. */
  text(onProgress?: (done: number) => void): AsyncGenerator<string>;
}

const countOpenConflicts = async (engine: Engine, space: SpaceRef): Promise<Result<number>> => {
  let count = 0;
  let after: string | undefined;
  do {
    const page = await engine.conflicts(space, { state: 'open', ...(after === undefined ? {} : { after }) });
    if (!page.ok) return page;
    count += page.value.conflicts.length;
    after = page.value.nextAfter;
  } while (after !== undefined);
  return ok(count);
};

/** The lines of records that come in order, one text per collection. */
function* byCollection(records: readonly SnapshotRecord[]): Generator<[collection: string, text: string, count: number]> {
  for (let from = 0; from < records.length; ) {
    const { collection } = records[from] ?? { collection: '' };
    const next = records.findIndex((record, at) => at > from && record.collection !== collection);
    const to = next < 0 ? records.length : next;
    yield [collection, records.slice(from, to).map(printRecordLine).join(''), to - from];
    from = to;
  }
}

async function* exportText(manifest: Manifest, snapshot: Snapshot, onProgress: (done: number) => void): AsyncGenerator<string> {
  const seal = createSeal();
  const first = printManifest(manifest);
  seal.add(first);
  yield first;
  let done = 0;
  for await (const records of snapshot.pages()) {
    for (const [collection, text, count] of byCollection(records)) {
      seal.addLines(collection, text, count);
      yield text;
    }
    done += records.length;
    onProgress(done);
  }
  yield printSeal(seal.close());
}

/** The records of a space as they stand now, whatever is written while they are read. */
export const openExport = async (
  engine: Engine,
  space: SpaceRef,
  about: { readonly app: AppDefinition; readonly exportedAt: number },
): Promise<Result<Export>> => {
  const taken = await engine.snapshot(space);
  if (!taken.ok) return taken;
  const openConflicts = await countOpenConflicts(engine, space);
  if (!openConflicts.ok) return openConflicts;
  const { seq, counts } = taken.value;
  const { name, schemaVersion } = about.app;
  const manifest = { app: name, counts, exportedAt: about.exportedAt, openConflicts: openConflicts.value, schemaVersion, seq };
  return ok({ manifest, text: (onProgress = () => undefined) => exportText(manifest, taken.value, onProgress) });
};
