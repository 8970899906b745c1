import {
  type AppDefinition,
  CONFLICTS,
  type CollectionDefinition,
  isJsonObject,
  type Json,
  jsonEqual,
  upcastConflictValue,
  validateFields,
  WHOLE_RECORD,
} from '@tidemark/protocol';
import type { ConflictFields } from '@tidemark/protocol/messages';
import { type Edit, type EditOutcome, NEEDED, rejected, unchanged } from './context.ts';
import type { Draft } from './draft.ts';
import { openConflict, withOpen } from './meta.ts';
import { planDelete } from './plan-delete.ts';
import { planEdit } from './plan-edit.ts';
import { conflictOf, writeConflict } from './raise-conflict.ts';

type Choice = { readonly choose: 'mine' | 'theirs' | 'value'; readonly value: Json };

/** A value that the person wrote is of the mutation's schemaVersion; those of the conflict are up to date. */
const readChoice = (app: AppDefinition, collection: CollectionDefinition, conflict: ConflictFields, edit: Edit): Choice | undefined => {
  const { choose, value } = edit.fields;
  if (choose === 'mine' || choose === 'theirs') return { choose, value: conflict[choose] };
  if (choose !== 'value' || value === undefined) return undefined;
  return { choose, value: upcastConflictValue(app, collection, conflict.field, value, edit.schemaVersion)[1] };
};

/** The choice as an edit of the record that the conflict is about. No client has seen one at seq 0: base 0 means what stands now. */
const asEdit = (draft: Draft, collection: CollectionDefinition, conflict: ConflictFields, edit: Edit, value: Json): Edit | EditOutcome => {
  const now = draft.record(conflict.collection, conflict.id);
  const seen = edit.base === 0 ? { base: draft.head(), baseCounts: true, was: now && !now.deleted ? now.fields : {} } : { was: undefined };
  const target = { ...edit, ...seen, collection: conflict.collection, id: conflict.id, ifRevision: undefined };
  if (conflict.field === WHOLE_RECORD) {
    if (value === null) return { ...target, op: 'delete', fields: {} };
    if (!isJsonObject(value))
      return rejected('VALIDATION_FAILED', 'the value of a conflict about a whole record must be its fields, or null');
    const checked = validateFields(collection, value, 'put');
    return checked.ok ? { ...target, op: 'put', fields: checked.value } : { kind: 'rejected', ...checked.error };
  }
  const checked = validateFields(collection, { [conflict.field]: value }, 'patch');
  return checked.ok ? { ...target, op: 'patch', fields: checked.value } : { kind: 'rejected', ...checked.error };
};

/** Closes the conflict record and forgets it in what is remembered of the target. */
const close = (draft: Draft, edit: Edit, conflict: ConflictFields, choice: Choice): void => {
  const resolution = { ...choice, clientId: edit.clientId, mutationId: edit.mutationId, at: draft.now };
  writeConflict(draft, edit.id, { ...conflict, state: 'resolved', resolution }, edit);
  const target = draft.record(conflict.collection, conflict.id);
  if (target === undefined) return;
  const { clientId } = conflict.mineBy;
  if (openConflict(target.meta.open, conflict.field, clientId) !== edit.id) return;
  draft.setMeta(target, { ...target.meta, open: withOpen(target.meta.open, conflict.field, clientId, undefined) });
};

/** Applies the chosen value; what stands already needs no edit. */
const applyChoice = (draft: Draft, collection: CollectionDefinition, target: Edit, choice: Choice): EditOutcome => {
  const record = draft.record(target.collection, target.id);
  if (target.op === 'delete') return planDelete(draft, collection, target, record);
  if (target.op === 'patch' && (record === undefined || record.deleted)) {
    // Of a record that is gone, a field can only be put aside.
    if (choice.choose === 'theirs') return unchanged(record);
    return rejected('RECORD_NOT_FOUND', `${target.collection}/${target.id} is deleted; choose theirs to put the conflict aside`);
  }
  // The tombstone was compacted away: who chooses the record all the same makes it anew.
  if (record === undefined) return planEdit(draft, collection, { ...target, base: 0, baseCounts: true }, undefined);
  if (!record.deleted && target.op === 'put' && jsonEqual(record.fields, target.fields)) return unchanged(record);
  return planEdit(draft, collection, target, record);
};

/**
 * Plans the resolution of a conflict: one mutation that closes it and edits the field. The first resolution stands; a
 * different later one is an ordinary edit.
 */
export const planResolve = (draft: Draft, edit: Edit): EditOutcome => {
  const standing = conflictOf(draft, edit.id);
  if (standing === 'needed') return NEEDED;
  if (standing === undefined) return rejected('CONFLICT_NOT_FOUND', `there is no conflict ${edit.id}`);
  const { fields: conflict, record } = standing;
  if (!draft.hasLoaded(conflict.collection, conflict.id)) return NEEDED;
  const collection = draft.app.collections[conflict.collection];
  if (collection === undefined) return rejected('UNKNOWN_COLLECTION', `there is no collection ${conflict.collection}`);
  const choice = edit.op === 'patch' ? readChoice(draft.app, collection, conflict, edit) : undefined;
  if (choice === undefined)
    return rejected('CONFLICT_NOT_WRITABLE', 'a conflict is resolved by a patch { choose: "mine" | "theirs" | "value", value? }');
  const isFirst = conflict.state === 'open';
  if (!isFirst && conflict.resolution !== undefined && jsonEqual(conflict.resolution.value, choice.value)) return unchanged(record);
  const target = asEdit(draft, collection, conflict, edit, choice.value);
  if ('kind' in target) return target;
  if (isFirst) close(draft, edit, conflict, choice);
  const applied = applyChoice(draft, collection, target, choice);
  if (applied.kind !== 'done') return applied;
  const written = draft.record(conflict.collection, conflict.id);
  if (written) draft.setMeta(written, { ...written.meta, resolvedAt: written.seq });
  return unchanged(draft.record(CONFLICTS, edit.id), applied.status, applied.conflictIds);
};
