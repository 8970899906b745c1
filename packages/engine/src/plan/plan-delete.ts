import { type CollectionDefinition, type JsonObject, jsonEqual, WHOLE_RECORD } from '@tidemark/protocol';
import { type Edit, type EditOutcome, healedOrder, isForeign, NEEDED, unchanged } from './context.ts';
import type { Draft, DraftRecord } from './draft.ts';
import { type Stamp, stampOf, withOpen } from './meta.ts';
import { raiseConflict } from './raise-conflict.ts';
import { seenBy } from './seen.ts';
import { writeTombstone } from './write-record.ts';

/** The stamp of an edit that the deleting client had not seen, if there is one. */
const unseenEdit = (draft: Draft, edit: Edit, record: DraftRecord): Stamp | undefined | 'needed' => {
  const names = new Set([...Object.keys(record.fields), ...Object.keys(edit.was ?? {}), ...Object.keys(record.meta.fields)]);
  for (const field of names) {
    const stamp = stampOf(record.meta, field);
    if (!isForeign(stamp, edit)) continue;
    if (healedOrder(stamp, edit) === 'mine') continue;
    const seen = seenBy(draft, edit, field);
    if (seen === 'needed') return 'needed';
    const current = Object.hasOwn(record.fields, field) ? record.fields[field] : undefined;
    if (seen === 'compacted' || !jsonEqual(seen.value, current)) return stamp;
  }
  return undefined;
};

const raise = (
  draft: Draft,
  collection: CollectionDefinition,
  edit: Edit,
  before: JsonObject,
  after: DraftRecord,
  unseen: Stamp,
): EditOutcome => {
  const id = raiseConflict(draft, edit, after.meta.open, {
    field: WHOLE_RECORD,
    was: edit.was,
    mine: undefined,
    theirs: before,
    theirsStamp: unseen,
    rule: collection.onDelete,
    outcome: collection.onDelete === 'deleteWins' ? 'mine' : 'theirs',
    quiet: false,
  });
  if (id === 'needed') return NEEDED;
  const meta = { ...after.meta, open: withOpen(after.meta.open, WHOLE_RECORD, edit.clientId, id) };
  draft.setMeta(after, meta);
  return unchanged({ ...after, meta }, 'conflict', [id]);
};

/** A tombstone stays as it is; of two healed deletes it remembers the later one, so that older writes stay deleted. */
const deleteAgain = (draft: Draft, edit: Edit, record: DraftRecord): EditOutcome => {
  const { deletion } = record.meta;
  if (edit.healed && deletion?.healed && healedOrder(deletion, edit) === 'mine')
    draft.setMeta(record, { ...record.meta, deletion: { ...deletion, healed: edit.healed } });
  return unchanged(record);
};

/** Plans a delete. Deleting what is absent changes nothing. */
export const planDelete = (draft: Draft, collection: CollectionDefinition, edit: Edit, record: DraftRecord | undefined): EditOutcome => {
  if (record === undefined) {
    // A healed delete may come before the healed writes that it deleted: its tombstone has to be there for them.
    return edit.healed ? unchanged(writeTombstone(draft, edit, undefined, {})) : unchanged(undefined);
  }
  if (record.deleted) return deleteAgain(draft, edit, record);
  const laterHealed = Object.keys({ ...record.fields, ...record.meta.fields }).some(
    (field) => stampOf(record.meta, field).healed && healedOrder(stampOf(record.meta, field), edit) === 'theirs',
  );
  if (laterHealed) return unchanged(record);
  const unseen = unseenEdit(draft, edit, record);
  if (unseen === 'needed') return NEEDED;
  if (unseen === undefined) return unchanged(writeTombstone(draft, edit, record, record.meta.open));
  if (collection.onDelete === 'editWins') return raise(draft, collection, edit, record.fields, record, unseen);
  return raise(draft, collection, edit, record.fields, writeTombstone(draft, edit, record, record.meta.open), unseen);
};
