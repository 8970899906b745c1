import { type CollectionDefinition, type JsonObject, printCanonical, utf8Length } from '@tidemark/protocol';
import { type Edit, type Refused, rejected } from './context.ts';
import type { Draft, DraftRecord } from './draft.ts';
import type { RecordMeta } from './meta.ts';

/** Canonical text of the fields (`known`, where it is at hand), or the refusal of a record that would be too large. */
export const printFields = (
  collection: CollectionDefinition,
  id: string,
  fields: JsonObject,
  known?: string,
): { text: string } | { refusal: Refused } => {
  const text = known ?? printCanonical(fields);
  // A character takes at most three bytes in UTF-8 per UTF-16 unit: most records need no counting.
  const isSmall = text.length * 3 <= collection.recordBytesMax;
  if (isSmall || utf8Length(text) <= collection.recordBytesMax) return { text };
  const limitBytes = collection.recordBytesMax;
  return {
    refusal: rejected(
      'RECORD_TOO_LARGE',
      `record ${collection.name}/${id} would take ${utf8Length(text)} bytes; the limit is ${limitBytes}`,
      {
        limitBytes,
      },
    ),
  };
};

/** The fields with what the collection derives from them. */
export const withDerived = (
  collection: CollectionDefinition,
  previous: JsonObject | null,
  next: JsonObject,
  sent: JsonObject,
): JsonObject => (collection.derive ? { ...next, ...collection.derive(previous, next, sent) } : next);

/** Stores a live state. */
export const writeLive = (
  draft: Draft,
  collection: CollectionDefinition,
  edit: Edit,
  fields: JsonObject,
  meta: RecordMeta,
): DraftRecord | { refusal: Refused } => {
  const printed = printFields(collection, edit.id, fields, fields === edit.fields ? edit.fieldsJson : undefined);
  if ('refusal' in printed) return printed;
  return draft.addChange({ collection: collection.name, id: edit.id, deleted: false, fieldsJson: printed.text, fields, meta }, edit);
};

/** Stores a tombstone; it keeps the fields and stamps of what was deleted, for an edit that has not seen the delete. */
export const writeTombstone = (draft: Draft, edit: Edit, previous: DraftRecord | undefined, open: RecordMeta['open']): DraftRecord => {
  const stamp = { seq: draft.head() + 1, clientId: edit.clientId, at: edit.clampedAt };
  const deletion = edit.healed ? { ...stamp, healed: edit.healed } : stamp;
  const meta: RecordMeta = { all: previous?.meta.all ?? deletion, fields: previous?.meta.fields ?? {}, deletion, open };
  const fields = previous?.fields ?? {};
  return draft.addChange(
    { collection: edit.collection, id: edit.id, deleted: true, fieldsJson: printCanonical(fields), fields, meta },
    edit,
  );
};
