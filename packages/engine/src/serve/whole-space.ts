import type { LogRow, ReceiptRow, RecordRow } from '../storage/storage.ts';

/** What of the change that a record is the state after its row does not say. */
export type ChangeBehind = Pick<LogRow, 'mutationId' | 'clientId' | 'at' | 'prevSeq' | 'hash'>;

/** A record state, a tombstone too, and the change that it is the state after. */
export interface WholeRecord extends RecordRow {
  readonly change: ChangeBehind;
}

/** Where the log of a space stands, and from where on it is complete. */
export interface LogEnds {
  readonly seq: number;
  /** Chain hash at `seq`. */
  readonly hash: string;
  readonly floor: number;
  /** Chain hash at `floor`. */
  readonly floorHash: string;
}

/**
 * Everything of a space that does not depend on where it is kept. Without its history it is as a compaction up to the newest change
 * would leave it, but for the tombstones, which stay: then `changes` and `receipts` are empty and the floor is the head.
 */
export interface WholeSpace extends LogEnds {
  readonly records: readonly WholeRecord[];
  /** The other changes: those that no record is the state after. */
  readonly changes: readonly LogRow[];
  readonly receipts: readonly ReceiptRow[];
}

export const changeOf = ({ change, metaJson: _, ...state }: WholeRecord): LogRow => ({ ...state, ...change });

/**
 * The receipt of an import that brought in all of a space: it says that the file with this id is here, as those of its mutations
 * would. It is of this place, so it is not exported.
 */
export const importReceiptId = (importId: string): string => `${IMPORT_RECEIPT}${importId}`;
export const IMPORT_RECEIPT = '$import:';
