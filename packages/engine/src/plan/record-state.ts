import type { RecordState } from '@tidemark/protocol/messages';
import type { DraftRecord } from './draft.ts';

/** A record as answers carry it: as it is stored, with the schemaVersion that its fields have. */
export const recordState = (record: DraftRecord): RecordState => {
  const { collection, id, seq, revision, updatedAt, schemaVersion } = record;
  const state = { collection, id, seq, revision, updatedAt, schemaVersion };
  return record.deleted ? { ...state, deleted: true } : { ...state, fields: JSON.parse(record.fieldsJson) };
};
