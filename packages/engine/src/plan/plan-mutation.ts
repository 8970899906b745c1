import {
  CONFLICTS,
  type CollectionDefinition,
  checkId,
  checkJson,
  type JsonObject,
  type Refusal,
  upcastFields,
  validateFields,
} from '@tidemark/protocol';
import type { Mutation } from '@tidemark/protocol/messages';
import { type Edit, type EditOutcome, rejected } from './context.ts';
import type { Draft } from './draft.ts';
import { lastAuthor } from './meta.ts';
import { planDelete } from './plan-delete.ts';
import { planEdit } from './plan-edit.ts';
import { planResolve } from './plan-resolve.ts';
import type { Content } from './verdicts.ts';
import { printFields } from './write-record.ts';

/** Who sends, and in which version of the app's data model unless the mutation says its own. */
export interface Sender {
  readonly clientId: string;
  readonly schemaVersion: number;
}

const refusal = (error: Refusal): EditOutcome => ({ kind: 'rejected', ...error });

const upcastBoth = (
  draft: Draft,
  collection: CollectionDefinition,
  mutation: Mutation,
  version: number,
): { fields: JsonObject; was: JsonObject | undefined } | EditOutcome => {
  const fields: JsonObject = mutation.op === 'delete' ? {} : (mutation.fields ?? {});
  if (version === draft.app.schemaVersion) return { fields, was: mutation.was };
  const newFields = upcastFields(draft.app, collection, fields, version);
  if (!newFields.ok) return refusal(newFields.error);
  if (mutation.was === undefined) return { fields: newFields.value, was: undefined };
  const newWas = upcastFields(draft.app, collection, mutation.was, version);
  return newWas.ok ? { fields: newFields.value, was: newWas.value } : refusal(newWas.error);
};

/** Bytes that a UTF-16 unit takes at most in UTF-8. */
const UTF8_BYTES_MAX = 3;

/** What no record could hold is refused here: it might otherwise be kept in a conflict, which has no limit of its own. */
const checkSize = (collection: CollectionDefinition, fields: JsonObject): EditOutcome | undefined => {
  // Its length is that of its canonical text, whatever the order of keys.
  if (JSON.stringify(fields).length * UTF8_BYTES_MAX <= collection.recordBytesMax) return undefined;
  const printed = printFields(collection, 'with these fields', fields);
  return 'refusal' in printed ? printed.refusal : undefined;
};

/** The edit that a mutation comes to with these fields. */
const editOf = (
  draft: Draft,
  { mutationId, collection, id, op, base, epoch, at, ifRevision, healed }: Mutation,
  clientId: string,
  {
    fields,
    fieldsJson,
    was,
    schemaVersion,
    knowsAllFields,
  }: Pick<Edit, 'fields' | 'fieldsJson' | 'was' | 'schemaVersion' | 'knowsAllFields'>,
): Edit => ({
  mutationId,
  clientId,
  collection,
  id,
  op,
  fields,
  fieldsJson,
  was,
  base,
  baseCounts: epoch === undefined || epoch === draft.epoch,
  at,
  clampedAt: Math.min(at, draft.now),
  ifRevision,
  healed,
  // What was lost stood above all that the log has kept: at its seq and after it only what was written since can stand.
  cutAt: healed && healed.epoch !== draft.epoch ? Math.min(draft.epochStart, healed.seq - 1) : -1,
  schemaVersion,
  knowsAllFields,
});

const NOTHING: JsonObject = {};

/** Did the schemas leave all fields as they were sent? */
const standAsSent = (fields: JsonObject, sent: JsonObject): boolean => {
  for (const name in sent) if (fields[name] !== sent[name]) return false;
  return true;
};

/** What planning a mutation needs of its content. */
type SentContent = Pick<Content, 'length' | 'fieldsJson'>;

/** Checks, up-casts and validates a mutation. */
const prepare = (
  draft: Draft,
  mutation: Mutation,
  { length, fieldsJson }: SentContent,
  { clientId, schemaVersion }: Sender,
): Edit | EditOutcome => {
  const { collection, op, was } = mutation;
  const bad = checkId(mutation.id) ?? checkJson(mutation.fields ?? NOTHING) ?? (was && checkJson(was));
  if (bad) return refusal(bad);
  const version = mutation.schemaVersion ?? schemaVersion;
  const seen = { fields: mutation.fields ?? NOTHING, fieldsJson: undefined, was: undefined, schemaVersion: version, knowsAllFields: true };
  if (collection === CONFLICTS) return editOf(draft, mutation, clientId, seen);
  const definition = Object.hasOwn(draft.app.collections, collection) ? draft.app.collections[collection] : undefined;
  if (definition === undefined)
    return rejected('UNKNOWN_COLLECTION', `the app ${draft.app.name} has no collection ${JSON.stringify(collection)}`);
  const upcast = upcastBoth(draft, definition, mutation, version);
  if ('kind' in upcast) return upcast;
  const knowsAllFields = version === draft.app.schemaVersion;
  // No part of a content is longer than the whole, unless an up-caster has added to it.
  const isSmall = knowsAllFields && length * UTF8_BYTES_MAX <= definition.recordBytesMax;
  const tooLarge = isSmall ? undefined : (checkSize(definition, upcast.fields) ?? (upcast.was && checkSize(definition, upcast.was)));
  if (tooLarge) return tooLarge;
  const checked = op === 'delete' ? undefined : validateFields(definition, upcast.fields, op);
  if (checked && !checked.ok) return refusal(checked.error);
  const fields = checked?.value ?? NOTHING;
  const printed = standAsSent(fields, mutation.fields ?? NOTHING) ? fieldsJson : undefined;
  return editOf(draft, mutation, clientId, { fields, fieldsJson: printed, was: upcast.was, schemaVersion: version, knowsAllFields });
};

const checkRevision = (draft: Draft, edit: Edit): EditOutcome | undefined => {
  if (edit.ifRevision === undefined) return undefined;
  const record = draft.record(edit.collection, edit.id);
  const current = record === undefined || record.deleted ? 0 : record.revision;
  if (current === edit.ifRevision) return undefined;
  const outcome = rejected('REVISION_MISMATCH', `the record has revision ${current}, not ${edit.ifRevision}`, { revision: current });
  return record === undefined ? outcome : { ...outcome, ...{ record } };
};

/** Who names the current revision has seen it: nothing is concurrent to them, and what their replacement leaves out goes. */
const seeingAll = (draft: Draft, edit: Edit): Edit => {
  const record = draft.record(edit.collection, edit.id);
  if (record === undefined) return { ...edit, base: 0, baseCounts: true };
  const was = edit.was ?? (edit.op === 'put' && edit.knowsAllFields && !record.deleted ? record.fields : undefined);
  return { ...edit, was, base: draft.head(), baseCounts: true };
};

/**
 * Plans one mutation against the draft. Whatever a rule, an up-caster or derive throws is that
 * mutation's fault alone.
 */
export const planMutation = (draft: Draft, mutation: Mutation, content: SentContent, sender: Sender): EditOutcome => {
  const mark = draft.mark();
  const outcome = tryPlan(draft, mutation, content, sender);
  if (outcome.kind !== 'done') draft.rollback(mark);
  return outcome;
};

const tryPlan = (draft: Draft, mutation: Mutation, content: SentContent, sender: Sender): EditOutcome => {
  try {
    const edit = prepare(draft, mutation, content, sender);
    if ('kind' in edit) return edit;
    if (edit.collection === CONFLICTS) return planResolve(draft, edit);
    const mismatch = checkRevision(draft, edit);
    if (mismatch) return mismatch;
    return dispatch(draft, edit.ifRevision === undefined ? edit : seeingAll(draft, edit));
  } catch (error) {
    return rejected(
      'PLANNER_FAILED',
      `the mutation ${mutation.mutationId} could not be worked out: ${error instanceof Error ? error.message : 'unknown fault'}`,
    );
  }
};

const dispatch = (draft: Draft, edit: Edit): EditOutcome => {
  const collection = draft.app.collections[edit.collection];
  if (collection === undefined) return rejected('UNKNOWN_COLLECTION', `there is no collection ${edit.collection}`);
  const record = draft.record(edit.collection, edit.id);
  return edit.op === 'delete' ? planDelete(draft, collection, edit, record) : planEdit(draft, collection, edit, record);
};

/** The state that an edit came upon. */
export interface StateBefore {
  readonly seq: number;
  readonly author: string;
  readonly schemaVersion: number;
}

/**
 * Must the answer carry the record? Yes, if the client cannot work the new state out from what it has: it had neither seen nor
 * made the state before, an up-caster was at work, or it resolved a conflict, which is no edit of the conflict's own fields.
 */
export const sendsRecord = (draft: Draft, before: StateBefore | undefined, mutation: Mutation, sender: Sender): boolean => {
  const current = draft.app.schemaVersion;
  if (mutation.collection === CONFLICTS || (mutation.schemaVersion ?? sender.schemaVersion) !== current) return true;
  if (before === undefined) return false;
  return before.schemaVersion !== current || (before.seq !== mutation.base && before.author !== sender.clientId);
};

/** What sendsRecord needs to know, taken before the edit. */
export const stateBefore = (draft: Draft, collection: string, id: string): StateBefore | undefined => {
  const record = draft.record(collection, id);
  return record && { seq: record.seq, author: lastAuthor(record.meta, record.seq), schemaVersion: record.schemaVersion };
};
