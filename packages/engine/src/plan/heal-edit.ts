import { CONFLICTS, type CollectionDefinition, canonicalJson, type MutableJsonObject, WHOLE_RECORD } from '@tidemark/protocol';
import { type Edit, type EditOutcome, NEEDED, unchanged } from './context.ts';
import type { Draft, DraftRecord } from './draft.ts';
import { decideAll, merge } from './merge-record.ts';
import { type RecordMeta, type Stamp, withOpen } from './meta.ts';
import { isConflictFields, raiseConflict, writeConflict } from './raise-conflict.ts';

// After a restore clients re-offer what was lost in any order. An edit may come back before the create that it edited: it
// waits on a tombstone, and as an open conflict for people to see, until that create comes and is merged with it.

/** Was this write made after the deletion, in the log that was lost? */
const isAfter = (stamp: Stamp, deletion: Stamp): boolean =>
  stamp.healed !== undefined &&
  (deletion.healed === undefined || (deletion.healed.epoch === stamp.healed.epoch && deletion.healed.seq < stamp.healed.seq));

/** The writes that wait on a tombstone, as a record: what stood there before the delete is not in it. */
const waitingRecord = (draft: Draft, collection: CollectionDefinition, edit: Edit, tombstone: DraftRecord | undefined): DraftRecord => {
  const unknown: Stamp = { seq: 0, clientId: '', at: 0, ...(edit.healed ? { healed: { epoch: edit.healed.epoch, seq: 0 } } : {}) };
  const deletion = tombstone?.meta.deletion ?? unknown;
  const stamps = Object.entries(tombstone?.meta.fields ?? {}).filter(([, stamp]) => isAfter(stamp, deletion));
  const fields: MutableJsonObject = {};
  for (const [field] of stamps) {
    const value = tombstone && Object.hasOwn(tombstone.fields, field) ? tombstone.fields[field] : undefined;
    if (value !== undefined) fields[field] = value;
  }
  const { seq, revision, updatedAt } = tombstone ?? { seq: 0, revision: 0, updatedAt: 0 };
  const meta: RecordMeta = { all: deletion, fields: Object.fromEntries(stamps), deletion, open: tombstone?.meta.open ?? {} };
  const key = { collection: collection.name, id: edit.id };
  return { ...key, seq, revision, updatedAt, schemaVersion: draft.app.schemaVersion, deleted: true, fieldsJson: '{}', fields, meta };
};

/** Does anything wait on the tombstone for this healed create? */
export const isAwaited = ({ healed }: Edit, { meta }: DraftRecord): boolean => {
  const { deletion, fields } = meta;
  return healed !== undefined && deletion !== undefined && Object.values(fields).some((stamp) => isAfter(stamp, deletion));
};

/** Keeps a healed patch of a record that is not here, or not here again, yet. */
export const awaitCreate = (
  draft: Draft,
  collection: CollectionDefinition,
  edit: Edit,
  tombstone: DraftRecord | undefined,
): EditOutcome => {
  const waiting = waitingRecord(draft, collection, edit, tombstone);
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
  const outcome = merge(draft, collection, edit, waitingRecord(draft, collection, edit, tombstone), true);
  if (outcome.kind !== 'done' || outcome.record === undefined) return outcome;
  let { open } = outcome.record.meta;
  for (const [clientId, id] of Object.entries(tombstone.meta.open[WHOLE_RECORD] ?? {})) {
    if (!draft.hasLoaded(CONFLICTS, id)) return NEEDED;
    const conflict = draft.record(CONFLICTS, id)?.fields;
    if (conflict === undefined || !isConflictFields(conflict) || conflict.state !== 'open') continue;
    const { clientId: by, mutationId } = edit;
    const resolution = { choose: 'mine' as const, value: conflict.mine, clientId: by, mutationId, at: draft.now };
    writeConflict(draft, id, { ...conflict, state: 'resolved', resolution }, edit);
    open = withOpen(open, WHOLE_RECORD, clientId, undefined);
  }
  const record = { ...outcome.record, meta: { ...outcome.record.meta, open } };
  draft.setMeta(record, record.meta);
  return { ...outcome, record };
};
