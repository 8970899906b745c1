import type { RecordState } from '@tidemark/protocol/messages';
import type { DraftRecord } from './draft.ts';

/** A record as answers carry it. */
export const recordState = (record: DraftRecord): RecordState => {
  const { collection, id, seq, revision, updatedAt, schemaVersion } = record;
  const state = { collection, id, seq, revision, updatedAt, schemaVersion };
  return record.deleted ? { ...state, deleted: true } : { ...state, fields: record.fields };
};
