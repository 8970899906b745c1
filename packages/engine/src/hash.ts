import { hash } from 'node:crypto';
import type { LogRow } from './storage/storage.ts';

/** SHA-256 cut to 128 bits, 32 hex characters: enough against collisions, half the size in every row. */
export const shortHash = (text: string): string => hash('sha256', text, 'hex').slice(0, 32);

/** The chain hash before the first change of a space. */
export const genesisHash = (spaceId: string): string => shortHash(`tidemark\n${spaceId}`);

/**
 * The log's chain hash at `row`: over the hash before it and everything the row says, so that no row can be changed,
 * dropped or moved without every later hash being wrong.
 */
export const chainHash = (previous: string, row: Omit<LogRow, 'hash'>): string =>
  shortHash(
    `${previous}\n${row.seq}\n${row.mutationId}\n${row.clientId}\n${row.at}\n${row.updatedAt}\n${row.revision}\n${row.prevSeq}\n${row.schemaVersion}\n${
      row.deleted ? 1 : 0
    }\n${JSON.stringify([row.collection, row.id])}\n${row.fieldsJson ?? ''}`,
  );

/** The id of a conflict: the same for every repeat of the same mutation. */
export const conflictIdOf = (mutationId: string, field: string): string => shortHash(JSON.stringify([mutationId, field]));
