import { isJsonObject, type JsonObject, type Refusal } from '@tidemark/protocol';
import type { Mutation, PushedMutation, RecordState } from '@tidemark/protocol/messages';
import { shapeOf } from '../shape.ts';
import type { TableName } from './mirror.ts';

/** One row of the outbox, under its mutationId. `settled`: the seq of an acknowledged mutation whose new state was not pulled yet. */
export interface OutboxRow {
  readonly mutation: PushedMutation;
  readonly settled?: number;
}

export interface ParkedRow {
  readonly mutation: Mutation;
  readonly error: Refusal;
  readonly parkedAt: number;
}

/** An acknowledged mutation, under its mutationId, with where its receipt stands. `at` is the wall time of the acknowledgement. */
export interface JournalRow {
  readonly mutation: Mutation;
  readonly epoch: string;
  readonly seq: number;
  readonly at: number;
  readonly status: 'applied' | 'merged' | 'conflict';
  readonly conflictIds: readonly string[];
}

/** Everything about the store as a whole, in one row: every write checks that it is still the one it was planned on. */
export interface Meta {
  readonly storageVersion: number;
  readonly schemaVersion: number;
  /** App, issuer and subject that the store is bound to. */
  readonly owner: string;
  /** Names this store to the other sessions on it. */
  readonly storeId: string;
  /** Counts the writes, so that a session sees that another one wrote. */
  readonly writes: number;
  /** The rows written lately, from write `touchedFrom` on: [write, table, key]. */
  readonly touched: readonly (readonly [number, TableName, string])[];
  readonly touchedFrom: number;
  readonly clientId: string;
  readonly nextN: number;
  /** Greatest n of this clientId whose receipt is stored here. */
  readonly receiptN: number;
  /** Greatest n of this clientId whose effect the records contain. */
  readonly ackedN: number;
  readonly spaceId: string | null;
  readonly epoch: string | null;
  readonly cursor: string | null;
  /** The position that the newest answered push led to, until a pull has confirmed it. */
  readonly pushed: string | null;
  /** Position of the cursor. */
  readonly seq: number;
  /** Wall time of the last complete pull. */
  readonly syncedAt: number | null;
  /** A snapshot on its way in; `cursor` null: to be asked for from its beginning. */
  readonly staging: { readonly cursor: string | null; readonly epoch: string | null } | null;
  /** The server lost part of its log: offer the journal again. */
  readonly heal: boolean;
}

export const recordKey = (collection: string, id: string): string => `${collection}/${id}`;

/** A typed value as a row. Values are built without undefined members, so nothing needs to be converted. */
export const toRow = (value: unknown): JsonObject => {
  if (!isJsonObject(value)) throw new Error('not an object');
  return value;
};

// Rows were written by this code in a known storageVersion: what marks each kind is enough to tell damage.

export const isRecordState = shapeOf<RecordState>({ collection: 'string', id: 'string', seq: 'number' });

const isPushed = shapeOf<PushedMutation>({ mutationId: 'string', n: 'number', op: 'string' });

export const isOutboxRow = shapeOf<OutboxRow>({ mutation: isPushed });

export const isParkedRow = shapeOf<ParkedRow>({ mutation: isPushed, error: 'object' });

export const isJournalRow = shapeOf<JournalRow>({ mutation: isPushed, seq: 'number', epoch: 'string' });

export const isMeta = shapeOf<Meta>({ storeId: 'string', clientId: 'string', writes: 'number' });
