import { importReceiptId, type LogRow, type ReceiptRow, type WholeRecord, type WholeSpace } from '@tidemark/engine';
import { ok, type Result, refuse } from '@tidemark/protocol';
import { applyImport, type ImportJob, type ImportReport, NOTHING_DONE } from './apply-import.ts';
import { type BatchSize, ONE_BATCH } from './import-batches.ts';
import { readExport } from './read-export.ts';

/** Everything that a file of a whole space holds; undefined where its records say no more than their fields. In memory. */
const readWhole = async ({ source, checked: { manifest } }: ImportJob): Promise<WholeSpace | undefined> => {
  if (manifest.log === undefined || manifest.seq === 0) return undefined;
  const records: WholeRecord[] = [];
  const changes: LogRow[] = [];
  const receipts: ReceiptRow[] = [];
  for await (const item of readExport(source)) {
    if ((item.kind === 'record' || item.kind === 'state') && item.whole !== undefined) records.push(item.whole);
    else if (item.kind === 'change') changes.push(item.change);
    else if (item.kind === 'receipt') receipts.push(item.receipt);
  }
  return { ...manifest.log, seq: manifest.seq, records, changes, receipts };
};

/** Brings a file into a space that has nothing yet, exactly as it was; false where there is something, or the file does not tell. */
const importExactly = async (job: ImportJob, dryRun: boolean): Promise<Result<boolean>> => {
  const { engine, space, checked } = job;
  const session = await engine.session(space);
  if (!session.ok) return session;
  if (session.value.latestVersion > 0) return ok(false);
  const whole = await readWhole(job);
  return whole === undefined ? ok(false) : engine.importSpace(space, whole, checked.importId, { dryRun });
};

/** Was this very file the beginning of the space? Then all of it is here, or was changed since. */
const isKnownWhole = async ({ engine, space, checked, mode }: ImportJob): Promise<boolean> =>
  mode === 'merge' && (await engine.receipt(space, importReceiptId(checked.importId))) !== undefined;

/**
 * Imports a checked file. First a dry run of everything, so that a record the engine refuses is found before the first is written.
 * Into a space that has no change yet all comes exactly as it was, in one append; else as mutations, `size` of them in one append.
 */
export const importFile = async (
  job: ImportJob,
  records: number,
  { dryRun, size }: { readonly dryRun: boolean; readonly size: BatchSize },
): Promise<Result<ImportReport>> => {
  if (await isKnownWhole(job)) return ok({ counts: { ...NOTHING_DONE, known: records }, problems: [] });
  const tried = await applyImport(job, { dryRun: true });
  if (!tried.ok || tried.value.problems.length > 0) return tried;
  const exact = await importExactly(job, dryRun);
  if (!exact.ok) return exact;
  if (dryRun) return tried;
  if (exact.value) return ok({ counts: { ...NOTHING_DONE, written: records }, problems: [] });
  const done = await applyImport(job, { dryRun: false, size });
  const late = done.ok ? done.value.problems[0] : undefined;
  // The batches before it are stored.
  if (late !== undefined && size !== ONE_BATCH)
    return refuse('IMPORT_REFUSED', `Others wrote meanwhile, and line ${late.line} no longer fits: ${late.problem}`);
  return done;
};
