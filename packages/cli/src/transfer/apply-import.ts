import type { Engine, SpaceRef } from '@tidemark/engine';
import { ok, PROTOCOL_VERSION, type Result } from '@tidemark/protocol';
import type { PushAnswer } from '@tidemark/protocol/messages';
import type { FileProblem } from './check-export.ts';
import type { Manifest } from './export-format.ts';
import { type ImportBatch, importBatches, importClientId } from './import-batches.ts';

/** What became of the records of an import. `known` were answered from the receipts of an earlier import of the same file. */
export interface ImportCounts {
  written: number;
  merged: number;
  conflict: number;
  unchanged: number;
  known: number;
}

export interface ImportReport {
  readonly counts: ImportCounts;
  /** Records that were refused, with their lines. */
  readonly problems: readonly FileProblem[];
}

interface ImportJob {
  readonly engine: Engine;
  readonly space: SpaceRef;
  readonly file: string;
  readonly checked: { readonly importId: string; readonly manifest: Manifest };
  /** Head of the space before the import. */
  readonly headBefore: number;
  readonly onProgress: (done: number) => void;
}

const count = (counts: ImportCounts, answer: PushAnswer, headBefore: number): void => {
  for (const accepted of answer.accepted) {
    if (accepted.status === 'duplicate') counts.known += 1;
    else if (accepted.status === 'conflict') counts.conflict += 1;
    else if (accepted.seq <= headBefore) counts.unchanged += 1;
    else counts[accepted.status === 'merged' ? 'merged' : 'written'] += 1;
  }
};

const problemsOf = (batch: ImportBatch, answer: PushAnswer): FileProblem[] =>
  answer.rejected.map(({ mutationId, code, message }) => ({ line: batch.lineOf.get(mutationId) ?? 0, problem: `${code}: ${message}` }));

/** Pushes the file's records through the engine, batch by batch; with `dryRun` nothing is stored. Stops at a push that is refused whole. */
export const applyImport = async (job: ImportJob, { dryRun }: { readonly dryRun: boolean }): Promise<Result<ImportReport>> => {
  const app = job.engine.apps.get(job.space.app);
  const counts: ImportCounts = { written: 0, merged: 0, conflict: 0, unchanged: 0, known: 0 };
  const problems: FileProblem[] = [];
  let done = 0;
  for await (const batch of importBatches(job.file, job.checked, dryRun ? 'each' : 'on')) {
    const clientId = dryRun ? `${importClientId(job.checked.importId)}-dry-run-${done}` : importClientId(job.checked.importId);
    const request = {
      protocolVersion: PROTOCOL_VERSION,
      clientId,
      schemaVersion: app?.schemaVersion ?? 1,
      mutations: [...batch.mutations],
    };
    const answer = await job.engine.push(job.space, request, { dryRun });
    if (!answer.ok) return answer;
    count(counts, answer.value, job.headBefore);
    problems.push(...problemsOf(batch, answer.value));
    done += batch.mutations.length;
    job.onProgress(done);
  }
  return ok({ counts, problems });
};
