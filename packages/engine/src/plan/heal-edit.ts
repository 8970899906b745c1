import { type CollectionDefinition, canonicalJson, WHOLE_RECORD } from '@tidemark/protocol';
import { type Edit, type EditOutcome, NEEDED, unchanged } from './context.ts';
import type { Draft, DraftRecord, RecordContent } from './draft.ts';
import { decideAll, merge } from './merge-record.ts';
import { type RecordMeta, type Stamp, withOpen } from './meta.ts';
import { conflictOf, raiseConflict, writeConflict } from './raise-conflict.ts';

// After a restore clients re-offer what was lost in any order. An edit may come back before the create that it edited: it
// waits on a tombstone, and as an open conflict for people to see, until that create comes and is merged with it.

/** Does this tombstone only hold what waits for a create, with nobody having deleted anything? */
export const isPlaceholder = (deletion: Stamp): boolean => deletion.healed?.seq === 0;

/** Was this write made after the deletion, in the log that was lost? */
const isAfter = (stamp: Stamp, deletion: Stamp): boolean =>
  stamp.healed !== undefined &&
  (deletion.healed === undefined ||
    isPlaceholder(deletion) ||
    (deletion.healed.epoch === stamp.healed.epoch && deletion.healed.seq < stamp.healed.seq));

/** The writes that wait on a tombstone: what stood there before the delete is not among them. */
const waitingOn = (edit: Edit, tombstone: DraftRecord | undefined): RecordContent => {
  const unknown: Stamp = { seq: 0, clientId: '', at: 0, ...(edit.healed ? { healed: { epoch: edit.healed.epoch, seq: 0 } } : {}) };
  const deletion = tombstone?.meta.deletion ?? unknown;
  const stamps = Object.fromEntries(Object.entries(tombstone?.meta.fields ?? {}).filter(([, stamp]) => isAfter(stamp, deletion)));
  const fields = Object.fromEntries(Object.entries(tombstone?.fields ?? {}).filter(([field]) => Object.hasOwn(stamps, field)));
  return { fields, meta: { all: deletion, fields: stamps, deletion, open: tombstone?.meta.open ?? {} } };
};

/** Does anything wait on the tombstone for this healed create? */
export const isAwaited = (edit: Edit, tombstone: DraftRecord): boolean =>
  edit.healed !== undefined && Object.keys(waitingOn(edit, tombstone).meta.fields).length > 0;

/** Keeps a healed patch of a record that is not here, or not here again, yet. */
export const awaitCreate = (
  draft: Draft,
  collection: CollectionDefinition,
  edit: Edit,
  tombstone: DraftRecord | undefined,
): EditOutcome => {
  const waiting = waitingOn(edit, tombstone);
  const made = decideAll(draft, collection, edit, waiting);
  if (made === 'needed') return NEEDED;
  const meta: RecordMeta = { ...waiting.meta, fields: made.stamps };
  const next = {
    collection: collection.name,
    id: edit.id,
    deleted: true,
    fieldsJson: canonicalJson(made.fields),
    fields: made.fields,
    meta,
  };
  const written = draft.addChange(next, edit);
  const id = raiseConflict(draft, edit, meta.open, {
    field: WHOLE_RECORD,
    was: edit.was,
    mine: { ...made.fields, ...edit.fields },
    theirs: undefined,
    theirsStamp: undefined,
    rule: collection.onDelete,
    outcome: 'theirs',
    quiet: false,
  });
  if (id === 'needed') return NEEDED;
  const record = { ...written, meta: { ...meta, open: withOpen(meta.open, WHOLE_RECORD, edit.clientId, id) } };
  draft.setMeta(record, record.meta);
  return unchanged(record, 'conflict', [id]);
};

/** The create that healed edits have waited for: merged with them like any healed write, and their conflicts are closed. */
export const createAwaited = (draft: Draft, collection: CollectionDefinition, edit: Edit, tombstone: DraftRecord): EditOutcome => {
  const outcome = merge(draft, collection, edit, { ...tombstone, ...waitingOn(edit, tombstone) }, true);
  if (outcome.kind !== 'done') return outcome;
  let { open } = outcome.record.meta;
  for (const [clientId, id] of Object.entries(tombstone.meta.open[WHOLE_RECORD] ?? {})) {
    const conflict = conflictOf(draft, id);
    if (conflict === 'needed') return NEEDED;
    // One that lost against a delete says where that stands: its edit did not wait, and is not in the record.
    const hasWaited = conflict?.fields.outcome !== 'theirs' || conflict.fields.theirsBy.seq === undefined;
    if (conflict === undefined || !hasWaited) continue;
    const { clientId: by, mutationId } = edit;
    const resolution = { choose: 'mine' as const, value: conflict.fields.mine, clientId: by, mutationId, at: draft.now };
    writeConflict(draft, id, { ...conflict.fields, state: 'resolved', resolution }, edit);
    open = withOpen(open, WHOLE_RECORD, clientId, undefined);
  }
  const record = { ...outcome.record, meta: { ...outcome.record.meta, open } };
  draft.setMeta(record, record.meta);
  return { ...outcome, record };
};
