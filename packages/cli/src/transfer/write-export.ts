import { createHash } from 'node:crypto';
import type { Engine, SpaceRef, SpaceRow, Storage } from '@tidemark/engine';
import { type AppDefinition, CONFLICTS, LIMITS } from '@tidemark/protocol';
import { type Manifest, printManifest, printRecordLine, printTrailer } from './export-format.ts';

const PAGE_RECORDS = 1_000;

/** What an export file begins with. Nobody else writes to the database meanwhile, so it stays true to the end. */
export const describeSpace = async (
  engine: Engine,
  space: SpaceRef,
  row: SpaceRow,
  about: { readonly app: AppDefinition; readonly exportedAt: number },
): Promise<Manifest> => {
  const counts = Object.entries(row.digest).flatMap(([name, [count]]) =>
    name === CONFLICTS || count === 0 ? [] : [[name, count] as const],
  );
  return {
    app: about.app.name,
    counts: Object.fromEntries(counts),
    exportedAt: about.exportedAt,
    openConflicts: await countOpenConflicts(engine, space),
    schemaVersion: about.app.schemaVersion,
    seq: row.head,
    spaceId: row.spaceId,
  };
};

const countOpenConflicts = async (engine: Engine, space: SpaceRef): Promise<number> => {
  let count = 0;
  let after: string | undefined;
  do {
    const page = await engine.conflicts(space, { state: 'open', ...(after === undefined ? {} : { after }) });
    if (!page.ok) throw new Error(`The conflicts of ${space.key} could not be read: ${page.error.message}`);
    count += page.value.conflicts.length;
    after = page.value.nextAfter;
  } while (after !== undefined);
  return count;
};

/** The text of an export file, in pieces: manifest, live records in order of (collection, id), checksum. */
export async function* exportText(
  storage: Storage,
  space: SpaceRef,
  manifest: Manifest,
  onProgress: (done: number) => void,
): AsyncGenerator<string> {
  const hash = createHash('sha256');
  const first = printManifest(manifest);
  hash.update(first);
  yield first;
  let after: { readonly collection: string; readonly id: string } | undefined;
  let done = 0;
  for (;;) {
    const page = { limit: PAGE_RECORDS, bytesMax: LIMITS.pageBytesMax, ...(after === undefined ? {} : { after }) };
    const records = await storage.readRecords(space.key, page);
    const last = records.at(-1);
    if (last === undefined) break;
    const kept = records.filter((record) => record.collection !== CONFLICTS);
    const text = kept.map(printRecordLine).join('');
    hash.update(text);
    yield text;
    done += kept.length;
    onProgress(done);
    after = { collection: last.collection, id: last.id };
  }
  yield printTrailer(hash.digest('hex'));
}
