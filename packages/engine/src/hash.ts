import { hash } from 'node:crypto';
import { quoteJson } from '@tidemark/protocol';
import type { LogRow } from './storage/storage.ts';

/** SHA-256 cut to 128 bits, 32 hex characters: enough against collisions, half the size in every row. */
export const shortHash = (text: string): string => hash('sha256', text, 'hex').slice(0, 32);

/** The chain hash before the first change of a space. */
export const genesisHash = (spaceId: string): string => shortHash(`tidemark\n${spaceId}`);

/**
 * The log's chain hash at `row`: over the hash before it and everything the row says, so that no row can be changed,
 * dropped or moved without every later hash being wrong.
 */
export const chainHash = (previous: string, row: Omit<LogRow, 'hash'>): string => {
  const { seq, mutationId, clientId, at, updatedAt, revision, prevSeq, schemaVersion, deleted, collection, id, fieldsJson } = row;
  // By hand, as JSON.stringify prints a list: its way with numbers alone is a quarter of the time.
  const by = `${seq},${quoteJson(mutationId)},${quoteJson(clientId)},${at},${updatedAt}`;
  const of = `${revision},${prevSeq},${schemaVersion},${deleted},${quoteJson(collection)},${quoteJson(id)}`;
  return shortHash(`${previous}\n[${by},${of}]\n${fieldsJson ?? ''}`);
};

/** The id of a conflict: the same for every repeat of the same mutation. */
export const conflictIdOf = (mutationId: string, field: string): string => shortHash(JSON.stringify([mutationId, field]));
