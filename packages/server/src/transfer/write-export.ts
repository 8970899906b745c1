import type { Engine, SpaceExport, SpaceRef, WholeRecord } from '@tidemark/engine';
import { type AppDefinition, CONFLICTS, ok, type Result } from '@tidemark/protocol';
import { createSeal, type Manifest, printManifest, printSeal } from './export-format.ts';
import { HISTORY, printChange, printReceipt, printWholeRecord, RECEIPTS } from './whole-lines.ts';

/** An export about to be written. */
export interface Export {
  readonly manifest: Manifest;
  /** The file in pieces: manifest, records in order of (collection, id), changes and receipts where asked, seal. In constant memory. */
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

/** Lines of one part. */
interface Lines {
  readonly part: string;
  readonly lines: readonly string[];
}

/** The lines of records that come in order, by collection. */
function* byCollection(records: readonly WholeRecord[]): Generator<Lines> {
  for (let from = 0; from < records.length; ) {
    const { collection = '' } = records[from] ?? {};
    const next = records.findIndex((record, at) => at > from && record.collection !== collection);
    const to = next < 0 ? records.length : next;
    yield { part: collection, lines: records.slice(from, to).map(printWholeRecord) };
    from = to;
  }
}

async function* partsOf(space: SpaceExport): AsyncGenerator<Lines> {
  for await (const records of space.records()) yield* byCollection(records);
  for await (const changes of space.changes()) yield { part: HISTORY, lines: changes.map(printChange) };
  for await (const receipts of space.receipts()) yield { part: RECEIPTS, lines: receipts.map(printReceipt) };
}

async function* exportText(manifest: Manifest, space: SpaceExport, onProgress: (done: number) => void): AsyncGenerator<string> {
  const seal = createSeal();
  const first = printManifest(manifest);
  seal.add(first);
  yield first;
  let done = 0;
  for await (const { part, lines } of partsOf(space)) {
    if (lines.length === 0) continue;
    const text = lines.join('');
    seal.addLines(part, text, lines.length);
    yield text;
    done += lines.length;
    onProgress(done);
  }
  yield printSeal(seal.close());
}

/** A space as it stands now, whatever is written while it is read; with `history` its log and receipts too. */
export const openExport = async (
  engine: Engine,
  space: SpaceRef,
  about: { readonly app: AppDefinition; readonly exportedAt: number; readonly history?: boolean },
): Promise<Result<Export>> => {
  const { app, exportedAt, history = false } = about;
  const opened = await engine.exportSpace(space, { history });
  if (!opened.ok) return opened;
  const openConflicts = await countOpenConflicts(engine, space);
  if (!openConflicts.ok) return openConflicts;
  const { seq, hash, floor, floorHash, counts: all } = opened.value;
  const { [CONFLICTS]: _, ...counts } = all;
  const { name, schemaVersion } = app;
  // Before its first change a space knows nothing but its own id, which is not exported.
  const log = seq === 0 ? { floor: 0, floorHash: '', hash: '' } : { floor, floorHash, hash };
  const manifest = { app: name, counts, exportedAt, history, log, openConflicts: openConflicts.value, schemaVersion, seq };
  return ok({ manifest, text: (onProgress = () => undefined) => exportText(manifest, opened.value, onProgress) });
};
