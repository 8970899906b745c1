import { createHash } from 'node:crypto';
import type { Engine, Snapshot, SpaceRef } from '@tidemark/engine';
import { type AppDefinition, ok, type Result } from '@tidemark/protocol';
import { type Manifest, printManifest, printRecordLine, printTrailer } from './export-format.ts';

/** An export about to be written. */
export interface Export {
  readonly manifest: Manifest;
  /** The file in pieces: manifest, live records in order of (collection, id), checksum. In constant memory. */
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

async function* exportText(manifest: Manifest, snapshot: Snapshot, onProgress: (done: number) => void): AsyncGenerator<string> {
  const hash = createHash('sha256');
  const first = printManifest(manifest);
  hash.update(first);
  yield first;
  let done = 0;
  for await (const records of snapshot.pages()) {
    const text = records.map(printRecordLine).join('');
    hash.update(text);
    yield text;
    done += records.length;
    onProgress(done);
  }
  yield printTrailer(hash.digest('hex'));
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
  const { seq, spaceId, counts } = taken.value;
  const { name, schemaVersion } = about.app;
  const manifest = { app: name, counts, exportedAt: about.exportedAt, openConflicts: openConflicts.value, schemaVersion, seq, spaceId };
  return ok({ manifest, text: (onProgress = () => undefined) => exportText(manifest, taken.value, onProgress) });
};
