import { createHash } from 'node:crypto';
import type { PushedMutation } from '@tidemark/protocol/messages';
import type { Manifest } from './export-format.ts';
import { readExport } from './read-export.ts';

const BATCH_MUTATIONS_MAX = 500;
const BATCH_CHARACTERS_MAX = 4 * 1024 * 1024;

/** Mutations that are pushed together, and the line of the file each comes from. */
export interface ImportBatch {
  readonly mutations: readonly PushedMutation[];
  readonly lineOf: ReadonlyMap<string, number>;
}

/** Both are made from the file alone, so that a second import of it meets the receipts of the first. */
export const importClientId = (importId: string): string => `import-${importId.slice(0, 32)}`;
const importMutationId = (importId: string, index: number): string => createHash('sha256').update(`${importId}:${index}`).digest('hex');

/**
 * The records of a checked export file as puts on base 0, cut into batches. `firstN` says how the mutations of a batch
 * are counted: on from batch to batch, or from 1 in each, as a dry run needs, which stores nothing between them.
 */
export async function* importBatches(
  file: string,
  checked: { readonly importId: string; readonly manifest: Manifest },
  counted: 'on' | 'each',
): AsyncGenerator<ImportBatch> {
  let mutations: PushedMutation[] = [];
  let lineOf = new Map<string, number>();
  let characters = 0;
  for await (const item of readExport(file)) {
    if (item.kind !== 'record') continue;
    const { collection, id, schemaVersion, fields } = item.record;
    const mutationId = importMutationId(checked.importId, item.index);
    const n = counted === 'on' ? item.index + 1 : mutations.length + 1;
    mutations.push({
      mutationId,
      n,
      collection,
      id,
      op: 'put',
      fields: { ...fields },
      base: 0,
      at: checked.manifest.exportedAt,
      schemaVersion,
    });
    lineOf.set(mutationId, item.line);
    characters += JSON.stringify(fields).length;
    if (mutations.length >= BATCH_MUTATIONS_MAX || characters >= BATCH_CHARACTERS_MAX) {
      yield { mutations, lineOf };
      mutations = [];
      lineOf = new Map();
      characters = 0;
    }
  }
  if (mutations.length > 0) yield { mutations, lineOf };
}
