import {
  type CollectionDefinition,
  checkJson,
  isOptional,
  type Json,
  type JsonObject,
  jsonEqual,
  type MutableJsonObject,
  validateFields,
} from '@tidemark/protocol';
import { type Edit, type EditOutcome, NEEDED, stampFor, unchanged } from './context.ts';
import { decideField } from './decide-field.ts';
import type { Draft, DraftRecord, RecordContent } from './draft.ts';
import { type RecordMeta, type Stamp, stampOf, withOpen } from './meta.ts';
import { type ConflictDraft, raiseConflict } from './raise-conflict.ts';
import { seenBy } from './seen.ts';
import { withDerived, writeLive } from './write-record.ts';

const own = (fields: JsonObject, field: string): Json | undefined => (Object.hasOwn(fields, field) ? fields[field] : undefined);

/** In a patch, null stands for "absent" of an optional field. In a put it is a value like any other. */
export const clears = (collection: CollectionDefinition, edit: Edit, field: string): boolean => {
  const definition = collection.fields[field];
  return edit.op === 'patch' && edit.fields[field] === null && definition !== undefined && isOptional(definition);
};

/** Did the author see no record? With base 0 and a `was` it saw its own create, not yet acknowledged when this was queued. */
export const isCreate = (edit: Edit): boolean => {
  const sawNothing = edit.was === undefined || Object.keys(edit.was).length === 0;
  return edit.op === 'put' && sawNothing && (edit.base === 0 || !edit.baseCounts);
};

/** Fields an edit is about: those it names, and for a whole replacement those it left out though its author saw them. */
const editedFields = (
  draft: Draft,
  collection: CollectionDefinition,
  edit: Edit,
  record: RecordContent,
): ReadonlyMap<string, Json | undefined> | 'needed' => {
  const edited = new Map<string, Json | undefined>();
  // In canonical order, so that a mutation comes to the same however its sender happened to order its fields.
  for (const field of Object.keys(edit.fields).sort()) {
    if (collection.fields[field]?.derived) continue;
    edited.set(field, clears(collection, edit, field) ? undefined : edit.fields[field]);
  }
  if (edit.op !== 'put' || isCreate(edit)) return edited;
  for (const field of Object.keys(record.fields)) {
    if (Object.hasOwn(edit.fields, field) || collection.fields[field]?.derived) continue;
    if (edit.was === undefined && !edit.knowsAllFields) continue;
    const seen = seenBy(draft, edit, field);
    if (seen === 'needed') return 'needed';
    if (seen !== 'compacted' && seen.value !== undefined) edited.set(field, undefined);
  }
  return edited;
};

type FieldConflict = Pick<ConflictDraft, 'field' | 'was' | 'mine' | 'rule' | 'outcome' | 'quiet'>;

/** What an edit comes to, field by field. */
export interface Decisions {
  readonly fields: MutableJsonObject;
  readonly stamps: { [field: string]: Stamp };
  readonly conflicts: FieldConflict[];
  merged: boolean;
  changed: boolean;
  restamped: boolean;
}

/** Decides every field of an edit against `record`. */
export const decideAll = (draft: Draft, collection: CollectionDefinition, edit: Edit, record: RecordContent): Decisions | 'needed' => {
  const edited = editedFields(draft, collection, edit, record);
  if (edited === 'needed') return 'needed';
  const made: Decisions = {
    fields: { ...record.fields },
    stamps: { ...record.meta.fields },
    conflicts: [],
    merged: false,
    changed: false,
    restamped: false,
  };
  let isNeeded = false;
  const mineRecord = { ...record.fields, ...edit.fields };
  for (const [field, mine] of edited) {
    const definition = collection.fields[field];
    if (definition === undefined) continue;
    const theirs = own(record.fields, field);
    const answer = decideField({
      field,
      edit,
      definition,
      mine,
      mineRecord,
      theirs,
      theirsRecord: record.fields,
      stamp: stampOf(record.meta, field),
      seen: () => seenBy(draft, edit, field),
      accept: (value) => acceptCombined(collection, field, value),
    });
    if (answer === 'needed') {
      isNeeded = true;
      continue;
    }
    if (answer.value === undefined) delete made.fields[field];
    else made.fields[field] = answer.value;
    made.changed ||= !jsonEqual(answer.value, theirs);
    made.merged ||= !jsonEqual(answer.value, mine) || answer.conflict !== undefined;
    if (answer.author !== 'theirs') {
      made.stamps[field] = stampFor(edit, draft.head() + 1, answer.author === 'combined' ? '' : edit.clientId);
      made.restamped ||= edit.healed !== undefined;
    }
    if (answer.conflict) made.conflicts.push({ field, mine, rule: answer.rule, quiet: definition.quiet === true, ...answer.conflict });
  }
  return isNeeded ? 'needed' : made;
};

/** A value that a rule made must fit the field's schema and the limits of JSON like any other, or nobody could send it again. */
const acceptCombined = (
  collection: CollectionDefinition,
  field: string,
  value: Json | undefined,
): { value: Json | undefined } | undefined => {
  if (value === undefined) return { value };
  if (checkJson({ [field]: value })) return undefined;
  const checked = validateFields(collection, { [field]: value }, 'patch');
  return checked.ok ? { value: own(checked.value, field) } : undefined;
};

/** Merges an edit into a record that is there. */
export const merge = (
  draft: Draft,
  collection: CollectionDefinition,
  edit: Edit,
  record: DraftRecord,
  reviving: boolean,
): EditOutcome<DraftRecord> => {
  const made = decideAll(draft, collection, edit, record);
  if (made === 'needed') return NEEDED;
  let current = record;
  if (made.changed || reviving) {
    const fields = withDerived(collection, record.fields, made.fields, edit.fields);
    const meta: RecordMeta = { all: record.meta.all, fields: made.stamps, open: record.meta.open };
    const written = writeLive(draft, collection, edit, fields, meta);
    if ('refusal' in written) return written.refusal;
    current = written;
  } else if (made.restamped) {
    const at = (stamp: Stamp): Stamp => (stamp.seq > draft.head() ? { ...stamp, seq: record.seq } : stamp);
    const fields = Object.fromEntries(Object.entries(made.stamps).map(([field, stamp]) => [field, at(stamp)]));
    draft.setMeta(record, { ...record.meta, fields });
    current = { ...record, meta: { ...record.meta, fields } };
  }
  return raiseAll(draft, edit, record, current, made);
};

const raiseAll = (draft: Draft, edit: Edit, before: DraftRecord, after: DraftRecord, made: Decisions): EditOutcome<DraftRecord> => {
  const ids: string[] = [];
  let open = after.meta.open;
  for (const conflict of made.conflicts) {
    const { field, quiet } = conflict;
    const theirs = { theirs: own(before.fields, field), theirsStamp: stampOf(before.meta, field) };
    const id = raiseConflict(draft, edit, open, { ...conflict, ...theirs });
    if (id === 'needed') return NEEDED;
    ids.push(id);
    if (!quiet) open = withOpen(open, field, edit.clientId, id);
  }
  if (open === after.meta.open) return unchanged(after, made.merged ? 'merged' : 'applied', ids);
  const record = { ...after, meta: { ...after.meta, open } };
  draft.setMeta(record, record.meta);
  return unchanged(record, 'conflict', ids);
};
