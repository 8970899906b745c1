import { createHash } from 'node:crypto';
import type { SnapshotRecord } from '@tidemark/engine';
import { canonicalJson, type JsonObject } from '@tidemark/protocol';
import type { Mutation } from '@tidemark/protocol/messages';
import type { ExportedRecord, Manifest } from './export-format.ts';
import { type ExportSource, readExport } from './read-export.ts';

/** Mutations that are applied together, and the line of the file each comes from (0 for a delete, which no line asks for). */
export interface ImportBatch {
  readonly mutations: readonly Mutation[];
  readonly lineOf: ReadonlyMap<string, number>;
  /** Records of the file that are here as they are, and need no mutation. */
  readonly same: number;
}

/** What a batch may hold. */
export interface BatchSize {
  readonly mutations: number;
  /** Of the fields as JSON. */
  readonly characters: number;
}

export const SMALL_BATCHES: BatchSize = { mutations: 500, characters: 4 * 1024 * 1024 };
/** Everything at once: all of it is stored, or nothing (on a storage that takes so much in one append). */
export const ONE_BATCH: BatchSize = { mutations: Number.POSITIVE_INFINITY, characters: Number.POSITIVE_INFINITY };

/** The live records that a replacement meets, by `keyOfRecord`. */
export type Replaced = ReadonlyMap<string, SnapshotRecord>;

export const keyOfRecord = ({ collection, id }: { readonly collection: string; readonly id: string }): string => `${collection}\u0000${id}`;

type CheckedFile = { readonly importId: string; readonly manifest: Manifest };

export const importClientId = (importId: string): string => `import-${importId.slice(0, 32)}`;
const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A put on base 0: its id is made from the file alone, so that a second import of it meets the receipts of the first. */
const mergePut = ({ importId, manifest }: CheckedFile, index: number, record: ExportedRecord): Mutation => {
  const { collection, id, schemaVersion, fields } = record;
  const mutationId = hashOf(`${importId}:${index}`);
  return { mutationId, n: 1, collection, id, op: 'put', fields: { ...fields }, base: 0, at: manifest.exportedAt, schemaVersion };
};

const fieldsOf = ({ fieldsJson }: SnapshotRecord): JsonObject => JSON.parse(fieldsJson);

/** A put on the state that is here, of which nothing is to stay; undefined where it is the same already. */
const replacePut = (file: CheckedFile, index: number, record: ExportedRecord, here: SnapshotRecord | undefined): Mutation | undefined => {
  const put = mergePut(file, index, record);
  if (here === undefined) return put;
  const isOfOneSchema = here.schemaVersion === record.schemaVersion;
  if (isOfOneSchema && here.fieldsJson === canonicalJson(record.fields)) return undefined;
  const was = isOfOneSchema ? { was: fieldsOf(here) } : {};
  return { ...put, mutationId: hashOf(`${file.importId}:${index}:${here.seq}`), base: here.seq, ...was };
};

const replaceDelete = (file: CheckedFile, here: SnapshotRecord): Mutation => {
  const { collection, id, seq, schemaVersion } = here;
  const mutationId = hashOf(`${file.importId}:delete:${collection}:${id}:${seq}`);
  const was = fieldsOf(here);
  return { mutationId, n: 1, collection, id, op: 'delete', was, base: seq, at: file.manifest.exportedAt, schemaVersion };
};

/**
 * The records of a checked export file as mutations, cut into batches. Merged, each is a put on base 0, as one more client would
 * make it. With `replaced` the file's records take the place of those, and what the file does not have is deleted.
 */
export async function* importBatches(
  source: ExportSource,
  file: CheckedFile,
  size: BatchSize,
  replaced?: Replaced,
): AsyncGenerator<ImportBatch> {
  let mutations: Mutation[] = [];
  let lineOf = new Map<string, number>();
  let same = 0;
  let characters = 0;
  const add = (mutation: Mutation, line: number): void => {
    mutations.push(mutation);
    lineOf.set(mutation.mutationId, line);
    characters += JSON.stringify(mutation.fields ?? {}).length;
  };
  const isFull = (): boolean => mutations.length >= size.mutations || characters >= size.characters;
  const take = (): ImportBatch => {
    const batch = { mutations, lineOf, same };
    [mutations, lineOf, same, characters] = [[], new Map(), 0, 0];
    return batch;
  };
  const left = new Map(replaced);
  for await (const item of readExport(source)) {
    if (item.kind !== 'record') continue;
    const key = keyOfRecord(item.record);
    const mutation =
      replaced === undefined ? mergePut(file, item.index, item.record) : replacePut(file, item.index, item.record, replaced.get(key));
    left.delete(key);
    if (mutation === undefined) same += 1;
    else add(mutation, item.line);
    if (isFull()) yield take();
  }
  for (const here of left.values()) {
    add(replaceDelete(file, here), 0);
    if (isFull()) yield take();
  }
  if (mutations.length > 0 || same > 0) yield take();
}
