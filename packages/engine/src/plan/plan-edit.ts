import {
  type CollectionDefinition,
  isJsonObject,
  isOptional,
  type JsonObject,
  type MutableJsonObject,
  WHOLE_RECORD,
} from '@tidemark/protocol';
import { type Edit, type EditOutcome, healedOrder, isForeign, NEEDED, rejected, stampFor, unchanged } from './context.ts';
import type { Draft, DraftRecord } from './draft.ts';
import { awaitCreate, createAwaited, isAwaited, isPlaceholder } from './heal-edit.ts';
import { clears, isCreate, merge } from './merge-record.ts';
import { type RecordMeta, type Stamp, withOpen } from './meta.ts';
import { conflictToContinue, raiseConflict } from './raise-conflict.ts';
import { keepingReferences } from './references.ts';
import { withDerived, writeLive } from './write-record.ts';

const withoutDerived = (collection: CollectionDefinition, fields: JsonObject): JsonObject => {
  // Only a collection that derives has derived fields.
  if (collection.derive === undefined) return fields;
  const isOwn = (field: string): boolean => collection.fields[field]?.derived !== true;
  return Object.keys(fields).every(isOwn) ? fields : Object.fromEntries(Object.entries(fields).filter(([field]) => isOwn(field)));
};

/** A new record, or a deleted one made again: nothing to merge with. */
const create = (draft: Draft, collection: CollectionDefinition, edit: Edit, previous: DraftRecord | undefined): EditOutcome => {
  const derived = withDerived(collection, null, withoutDerived(collection, edit.fields), edit.fields);
  const meta: RecordMeta = { all: stampFor(edit, draft.head() + 1), fields: {}, open: previous?.meta.open ?? {} };
  const written = writeLive(draft, collection, edit, derived, meta);
  return 'refusal' in written ? written.refusal : unchanged(written);
};

/** Does an edit bring a deleted record back? Never a part of one: what was healed before its create has no more yet. */
const revivesRecord = ({ onDelete, fields }: CollectionDefinition, edit: Edit, tombstone: DraftRecord, deletion: Stamp): boolean =>
  onDelete === 'editWins' &&
  !isPlaceholder(deletion) &&
  Object.entries(fields).every(
    ([name, field]) => field.derived || isOptional(field) || Object.hasOwn(edit.fields, name) || Object.hasOwn(tombstone.fields, name),
  );

/** The edit of a record whose deletion its author had not seen. */
const editDeleted = (draft: Draft, collection: CollectionDefinition, edit: Edit, tombstone: DraftRecord, revives: boolean): EditOutcome => {
  const deletion = tombstone.meta.deletion;
  const earlier = conflictToContinue(draft, edit, tombstone.meta.open, { field: WHOLE_RECORD, theirs: undefined });
  if (earlier === 'needed') return NEEDED;
  // Further edits of a client go onto what it edited before: the conflict holds them all.
  const edited = earlier?.fields.mine ?? null;
  const mine: MutableJsonObject = { ...(isJsonObject(edited) ? edited : tombstone.fields) };
  for (const [field, value] of Object.entries(edit.fields)) {
    if (clears(collection, edit, field)) delete mine[field];
    else mine[field] = value;
  }
  const conflict = {
    field: WHOLE_RECORD,
    was: edit.was,
    mine,
    theirs: undefined,
    theirsStamp: deletion,
    rule: collection.onDelete,
    outcome: revives ? ('mine' as const) : ('theirs' as const),
    quiet: false,
  };
  const revived = revives ? merge(draft, collection, edit, tombstone, true) : unchanged(tombstone, 'conflict');
  if (revived.kind !== 'done') return revived;
  const id = raiseConflict(draft, edit, revived.record.meta.open, conflict);
  if (id === 'needed') return NEEDED;
  const open = withOpen(revived.record.meta.open, WHOLE_RECORD, edit.clientId, id);
  draft.setMeta(revived.record, { ...revived.record.meta, open });
  return unchanged({ ...revived.record, meta: { ...revived.record.meta, open } }, 'conflict', [...revived.conflictIds, id]);
};

/** An edit of a record that is not here though its author saw it: its deletion was compacted away. */
const editVanished = (draft: Draft, collection: CollectionDefinition, edit: Edit): EditOutcome => {
  const id = raiseConflict(
    draft,
    edit,
    {},
    {
      field: WHOLE_RECORD,
      was: edit.was,
      mine: edit.op === 'put' ? edit.fields : { ...edit.was, ...edit.fields },
      theirs: undefined,
      theirsStamp: undefined,
      rule: collection.onDelete,
      outcome: 'theirs',
      quiet: false,
    },
  );
  return id === 'needed' ? NEEDED : unchanged(undefined, 'conflict', [id]);
};

const onTombstone = (draft: Draft, collection: CollectionDefinition, edit: Edit, tombstone: DraftRecord): EditOutcome => {
  const deletion = tombstone.meta.deletion ?? tombstone.meta.all;
  if (healedOrder(deletion, edit) === 'theirs') return unchanged(tombstone);
  const unseen = isForeign(deletion, edit);
  if (isCreate(edit) || (edit.op === 'put' && !unseen))
    return isAwaited(edit, tombstone) ? createAwaited(draft, collection, edit, tombstone) : create(draft, collection, edit, tombstone);
  const revives = revivesRecord(collection, edit, tombstone, deletion);
  const isEarly = healedOrder(deletion, edit) === 'mine' || isPlaceholder(deletion);
  if (edit.healed && isEarly && !revives) return awaitCreate(draft, collection, edit, tombstone);
  if (unseen) return editDeleted(draft, collection, edit, tombstone, revives);
  return rejected('RECORD_NOT_FOUND', `${edit.collection}/${edit.id} was deleted`);
};

/** Plans a put or a patch of `record` (undefined = it never existed here). */
export const planEdit = keepingReferences((draft, collection, edit, record) => {
  if (record?.deleted) return onTombstone(draft, collection, edit, record);
  if (record !== undefined) return merge(draft, collection, edit, record, false);
  if (edit.op === 'put' && (edit.base === 0 || !edit.baseCounts)) return create(draft, collection, edit, undefined);
  if (edit.healed) return awaitCreate(draft, collection, edit, undefined);
  if (edit.base > 0) return editVanished(draft, collection, edit);
  return rejected('RECORD_NOT_FOUND', `there is no record ${edit.collection}/${edit.id}`);
});
