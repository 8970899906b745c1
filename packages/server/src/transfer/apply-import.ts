import type { Engine, SnapshotRecord, SpaceRef } from '@tidemark/engine';
import { ok, type Result } from '@tidemark/protocol';
import type { PushAnswer } from '@tidemark/protocol/messages';
import type { CheckedExport, FileProblem } from './check-export.ts';
import {
  type BatchSize,
  type ImportBatch,
  importBatches,
  importClientId,
  keyOfRecord,
  type Replaced,
  SMALL_BATCHES,
} from './import-batches.ts';
import type { ExportSource } from './read-export.ts';

/** `merge`: as the edits of one more client. `replace`: the space is then as the file, and what the file does not have is deleted. */
export const IMPORT_MODES = ['merge', 'replace'] as const;
export type ImportMode = (typeof IMPORT_MODES)[number];

/** What became of the records of an import. `known` were answered from the receipts of an earlier import of the same file. */
export interface ImportCounts {
  written: number;
  merged: number;
  conflict: number;
  unchanged: number;
  known: number;
  deleted: number;
}

export const NOTHING_DONE: Readonly<ImportCounts> = { written: 0, merged: 0, conflict: 0, unchanged: 0, known: 0, deleted: 0 };

export interface ImportReport {
  readonly counts: Readonly<ImportCounts>;
  /** Records that were refused, with their lines. */
  readonly problems: readonly FileProblem[];
}

export type SoundExport = Extract<CheckedExport, { readonly sound: true }>;

export interface ImportJob {
  readonly engine: Engine;
  readonly space: SpaceRef;
  readonly source: ExportSource;
  readonly checked: Pick<SoundExport, 'importId' | 'manifest'>;
  readonly mode: ImportMode;
  readonly onProgress: (done: number) => void;
}

type Answer = PushAnswer & { readonly headBefore: number };

const count = (counts: ImportCounts, batch: ImportBatch, answer: Answer): void => {
  for (const { mutationId, status, seq } of answer.accepted) {
    if (status === 'duplicate') counts.known += 1;
    else if (status === 'conflict') counts.conflict += 1;
    else if (seq <= answer.headBefore) counts.unchanged += 1;
    else if (batch.lineOf.get(mutationId) === 0) counts.deleted += 1;
    else counts[status === 'merged' ? 'merged' : 'written'] += 1;
  }
};

const problemsOf = (batch: ImportBatch, answer: PushAnswer): FileProblem[] =>
  answer.rejected.map(({ mutationId, code, message }) => ({ line: batch.lineOf.get(mutationId) ?? 0, problem: `${code}: ${message}` }));

/** The records that a replacement meets; a merge looks at none. */
const replacedRecords = async ({ engine, space, mode }: ImportJob): Promise<Result<Replaced | undefined>> => {
  if (mode === 'merge') return ok(undefined);
  const taken = await engine.snapshot(space);
  if (!taken.ok) return taken;
  const records = new Map<string, SnapshotRecord>();
  for await (const page of taken.value.pages()) for (const record of page) records.set(keyOfRecord(record), record);
  return ok(records);
};

/** Applies a batch; a storage that takes only a part at once gets the rest after it. */
const applyBatch = async (
  job: ImportJob,
  batch: ImportBatch,
  dryRun: boolean,
  onAnswer: (answer: Answer) => void,
): Promise<Result<void>> => {
  const { engine, space, checked } = job;
  const clientId = importClientId(checked.importId);
  const schemaVersion = engine.apps.get(space.app)?.schemaVersion ?? 1;
  for (let from = 0; from < batch.mutations.length; ) {
    const application = { clientId, schemaVersion, mutations: batch.mutations.slice(from), whole: !dryRun };
    const answer = await engine.apply(space, application, { dryRun });
    if (!answer.ok) return answer;
    onAnswer(answer.value);
    if (!dryRun && answer.value.rejected.length > 0) return ok(undefined);
    from += Math.max(1, answer.value.accepted.length + answer.value.rejected.length);
  }
  return ok(undefined);
};

/**
 * Brings a checked file's records into a space; with `dryRun` nothing is stored. `size` says how many go into one append. Stops where
 * the engine refuses a whole batch; a repeat of a merge goes on where it stopped.
 */
export const applyImport = async (
  job: ImportJob,
  { dryRun, size = SMALL_BATCHES }: { readonly dryRun: boolean; readonly size?: BatchSize },
): Promise<Result<ImportReport>> => {
  const counts = { ...NOTHING_DONE };
  const problems: FileProblem[] = [];
  const replaced = await replacedRecords(job);
  if (!replaced.ok) return replaced;
  let done = 0;
  for await (const batch of importBatches(job.source, job.checked, size, replaced.value)) {
    counts.unchanged += batch.same;
    const applied = await applyBatch(job, batch, dryRun, (answer) => {
      count(counts, batch, answer);
      problems.push(...problemsOf(batch, answer));
    });
    if (!applied.ok) return applied;
    if (!dryRun && problems.length > 0) break;
    done += batch.mutations.length + batch.same;
    job.onProgress(done);
  }
  return ok({ counts, problems });
};
