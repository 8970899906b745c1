import {
  arePlainFields,
  CONFLICTS,
  type CollectionDefinition,
  checkId,
  checkJson,
  type JsonObject,
  ok,
  type Refusal,
  type Result,
  upcastFields,
  validateFields,
} from '@tidemark/protocol';
import type { Mutation } from '@tidemark/protocol/messages';
import { type Edit, type EditOutcome, type Refused, rejected } from './context.ts';
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

const NOTHING: JsonObject = {};

const refusal = (error: Refusal): Refused => ({ kind: 'rejected', ...error });

const upcastBoth = (
  draft: Draft,
  collection: CollectionDefinition,
  mutation: Mutation,
  version: number,
): Pick<Edit, 'fields' | 'was' | 'filledIn'> | Refused => {
  const fields: JsonObject = mutation.op === 'delete' ? {} : (mutation.fields ?? {});
  if (version === draft.app.schemaVersion) return { fields, was: mutation.was, filledIn: NOTHING };
  const newFields = upcastFields(draft.app, collection, fields, version);
  if (!newFields.ok) return refusal(newFields.error);
  if (mutation.was === undefined) {
    const filledIn = upcastFields(draft.app, collection, NOTHING, version);
    return { fields: newFields.value, was: undefined, filledIn: filledIn.ok ? filledIn.value : NOTHING };
  }
  const newWas = upcastFields(draft.app, collection, mutation.was, version);
  return newWas.ok ? { fields: newFields.value, was: newWas.value, filledIn: NOTHING } : refusal(newWas.error);
};

/** Bytes that a UTF-16 unit takes at most in UTF-8. */
const UTF8_BYTES_MAX = 3;

/** What no record could hold is refused here: it might otherwise be kept in a conflict, which has no limit of its own. */
const checkSize = (collection: CollectionDefinition, fields: JsonObject): EditOutcome | undefined => {
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
    filledIn,
    schemaVersion,
    knowsAllFields,
  }: Pick<Edit, 'fields' | 'fieldsJson' | 'was' | 'filledIn' | 'schemaVersion' | 'knowsAllFields'>,
): Edit => ({
  mutationId,
  clientId,
  collection,
  id,
  op,
  fields,
  fieldsJson,
  was,
  filledIn,
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

/** Did the schemas leave all fields as they were sent? */
const standAsSent = (fields: JsonObject, sent: JsonObject): boolean => {
  if (fields === sent) return true;
  for (const name in sent) if (fields[name] !== sent[name]) return false;
  return true;
};

/** The fields as the schemas normalise them. */
const checkFields = (definition: CollectionDefinition, fields: JsonObject, op: Mutation['op']): Result<JsonObject> => {
  if (op === 'delete') return ok(NOTHING);
  return arePlainFields(definition, fields, op) ? ok(fields) : validateFields(definition, fields, op);
};

/** What planning a mutation needs of its content. */
type SentContent = Pick<Content, 'length' | 'fieldsJson'>;

/** Up-casts and validates a mutation of a record. */
const prepare = (
  draft: Draft,
  definition: CollectionDefinition,
  mutation: Mutation,
  { length, fieldsJson }: SentContent,
  { clientId, schemaVersion }: Sender,
): Edit | EditOutcome => {
  const { op } = mutation;
  const version = mutation.schemaVersion ?? schemaVersion;
  const upcast = upcastBoth(draft, definition, mutation, version);
  if ('kind' in upcast) return upcast;
  const knowsAllFields = version === draft.app.schemaVersion;
  // No part of a content is longer than the whole, unless an up-caster has added to it.
  const isSmall = knowsAllFields && length * UTF8_BYTES_MAX <= definition.recordBytesMax;
  const tooLarge = isSmall ? undefined : (checkSize(definition, upcast.fields) ?? (upcast.was && checkSize(definition, upcast.was)));
  if (tooLarge) return tooLarge;
  const checked = checkFields(definition, upcast.fields, op);
  if (!checked.ok) return refusal(checked.error);
  const fields = checked.value;
  // An up-caster may have added fields to those that were sent.
  const printed = knowsAllFields && standAsSent(fields, mutation.fields ?? NOTHING) ? fieldsJson : undefined;
  const { was, filledIn } = upcast;
  return editOf(draft, mutation, clientId, { fields, fieldsJson: printed, was, filledIn, schemaVersion: version, knowsAllFields });
};

const checkRevision = (draft: Draft, edit: Edit): EditOutcome | undefined => {
  if (edit.ifRevision === undefined) return undefined;
  const record = draft.record(edit.collection, edit.id);
  const current = record === undefined || record.deleted ? 0 : record.revision;
  if (current === edit.ifRevision) return undefined;
  const outcome = rejected('REVISION_MISMATCH', `the record has revision ${current}, not ${edit.ifRevision}`, { revision: current });
  return record === undefined ? outcome : { ...outcome, record };
};

/** Who names the current revision has seen it: nothing is concurrent to them, and what their replacement leaves out goes. */
const seeingAll = (draft: Draft, edit: Edit): Edit => {
  const record = draft.record(edit.collection, edit.id);
  if (record === undefined) return { ...edit, base: 0 };
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
    const { id, fields = NOTHING, was } = mutation;
    const bad = checkId(id) ?? checkJson(fields) ?? (was && checkJson(was));
    if (bad) return refusal(bad);
    if (mutation.collection === CONFLICTS) return planResolve(draft, resolutionOf(draft, mutation, sender));
    const { app } = draft;
    const collection = Object.hasOwn(app.collections, mutation.collection) ? app.collections[mutation.collection] : undefined;
    if (collection === undefined)
      return rejected('UNKNOWN_COLLECTION', `the app ${app.name} has no collection ${JSON.stringify(mutation.collection)}`);
    return planRecord(draft, collection, mutation, content, sender);
  } catch (error) {
    return rejected(
      'PLANNER_FAILED',
      `the mutation ${mutation.mutationId} could not be worked out: ${error instanceof Error ? error.message : 'unknown fault'}`,
    );
  }
};

/** A resolution of a conflict is taken as it was sent: what it says is up-cast with the conflict. */
const resolutionOf = (draft: Draft, mutation: Mutation, { clientId, schemaVersion }: Sender): Edit =>
  editOf(draft, mutation, clientId, {
    fields: mutation.fields ?? NOTHING,
    fieldsJson: undefined,
    was: undefined,
    filledIn: NOTHING,
    schemaVersion: mutation.schemaVersion ?? schemaVersion,
    knowsAllFields: true,
  });

const planRecord = (
  draft: Draft,
  collection: CollectionDefinition,
  mutation: Mutation,
  content: SentContent,
  sender: Sender,
): EditOutcome => {
  const sent = prepare(draft, collection, mutation, content, sender);
  if ('kind' in sent) return sent;
  const mismatch = checkRevision(draft, sent);
  if (mismatch) return mismatch;
  const edit = sent.ifRevision === undefined ? sent : seeingAll(draft, sent);
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
