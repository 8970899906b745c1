import {
  type AppDefinition,
  CONFLICTS,
  canonicalJson,
  checkId,
  checkJson,
  type JsonObject,
  jsonEqual,
  LIMITS,
  type MutableJsonObject,
  ok,
  type Refusal,
  type Result,
  refuse,
  utf8Length,
  validateFields,
} from '@tidemark/protocol';
import type { Mutation, PushedMutation } from '@tidemark/protocol/messages';
import type { Mirror } from '../store/mirror.ts';
import { type OutboxRow, recordKey } from '../store/rows.ts';
import type { Change } from '../store/transactions.ts';
import { fold } from '../view/fold.ts';
import { collectionOf, foldContext, shownMutations } from '../view/view.ts';

/** What a page asks for, before it is a mutation. */
export interface Edit {
  readonly mutationId: string;
  readonly collection: string;
  readonly id: string;
  readonly op: 'put' | 'patch' | 'delete';
  readonly fields?: JsonObject;
}

export interface Stamp {
  readonly app: AppDefinition;
  /** The client's wall clock. */
  readonly at: number;
  /** Id of the group where the edits must stand or fall together. */
  readonly group?: string;
}

/**
 * Plans the outbox rows of some edits: validated, with what the page saw of each field (`was`) and the server state
 * that lay below it (`base`), and numbered. An edit that changes nothing gives no row. Refused, as a whole, with
 * VALIDATION_FAILED, RECORD_NOT_FOUND (patch of what is not there), UNKNOWN_COLLECTION, INVALID_ID, RECORD_TOO_LARGE or GROUP_TOO_LARGE.
 */
export const planEdits = (mirror: Mirror, edits: readonly Edit[], stamp: Stamp): Result<Change> => {
  if (edits.length > LIMITS.groupMutationsMax) return refuse('GROUP_TOO_LARGE', `A group holds at most ${LIMITS.groupMutationsMax} edits`);
  const rows: OutboxRow[] = [];
  const outbox = new Map<string, OutboxRow>();
  for (const edit of edits) {
    if (mirror.outbox.has(edit.mutationId)) continue;
    const planned = planEdit(mirror, rows, edit, stamp, mirror.meta.nextN + rows.length);
    if (!planned.ok) return planned;
    if (planned.value === null) continue;
    const row: OutboxRow = { mutation: planned.value };
    rows.push(row);
    outbox.set(edit.mutationId, row);
  }
  return ok({ rows: { outbox }, meta: { nextN: mirror.meta.nextN + rows.length } });
};

const isAbout = (mutation: PushedMutation, collection: string, id: string): mutation is Mutation =>
  mutation.op !== 'void' && mutation.collection === collection && mutation.id === id;

const planEdit = (mirror: Mirror, earlier: readonly OutboxRow[], edit: Edit, stamp: Stamp, n: number): Result<Mutation | null> => {
  const { collection: name, id, mutationId } = edit;
  const collection = collectionOf(stamp.app, name);
  if (collection === undefined) return refuse('UNKNOWN_COLLECTION', `The app declares no collection ${name}`);
  const invalid = checkId(id) ?? checkJson(edit.fields ?? {});
  if (invalid) return { ok: false, error: invalid };
  const key = recordKey(name, id);
  const state = mirror.records.get(key);
  const sameGroup = earlier.flatMap(({ mutation }) => (isAbout(mutation, name, id) ? [mutation] : []));
  const seen = fold(foldContext(stamp.app, mirror, collection), state, [...shownMutations(mirror, key), ...sameGroup]);
  const base = {
    mutationId,
    n,
    collection: name,
    id,
    base: state?.seq ?? 0,
    ...(mirror.meta.epoch === null ? {} : { epoch: mirror.meta.epoch }),
    at: stamp.at,
    ...(stamp.group === undefined ? {} : { group: stamp.group }),
    schemaVersion: stamp.app.schemaVersion,
  };
  if (edit.op === 'delete') return ok(seen === null ? null : { ...base, op: 'delete', was: seen });
  // A resolve names what it chooses; it is checked by the server against the conflict as it then is.
  if (name === CONFLICTS) return ok({ ...base, op: 'patch', fields: edit.fields ?? {} });
  if (seen === null && edit.op === 'patch') return refuse('RECORD_NOT_FOUND', `There is no record ${id} in ${name}`);
  const valid = validateFields(collection, edit.fields ?? {}, edit.op);
  if (!valid.ok) return valid;
  const tooLarge = checkSize({ ...seen, ...valid.value }, collection.recordBytesMax);
  if (tooLarge) return { ok: false, error: tooLarge };
  if (seen === null) return ok({ ...base, op: 'put', fields: valid.value, was: {} });
  const sent = edit.op === 'put' ? clearOthers(valid.value, seen, (field) => collection.fields[field]?.derived === true) : valid.value;
  const { fields, was } = changedFields(sent, seen);
  return ok(Object.keys(fields).length === 0 ? null : { ...base, op: 'patch', fields, was });
};

const checkSize = (fields: JsonObject, bytesMax: number): Refusal | undefined => {
  const bytes = utf8Length(canonicalJson(fields));
  if (bytes <= bytesMax) return undefined;
  return { code: 'RECORD_TOO_LARGE', message: `The record would have ${bytes} bytes of ${bytesMax}`, details: { limitBytes: bytesMax } };
};

/** Replacing a record that is there is an edit of what differs: fields that the new one does not have are cleared. */
const clearOthers = (fields: JsonObject, seen: JsonObject, isDerived: (field: string) => boolean): JsonObject => {
  const sent: MutableJsonObject = { ...fields };
  for (const field of Object.keys(seen)) if (!Object.hasOwn(fields, field) && !isDerived(field)) sent[field] = null;
  return sent;
};

/** Only what is really different, with what was seen there. */
const changedFields = (sent: JsonObject, seen: JsonObject): { readonly fields: JsonObject; readonly was: JsonObject } => {
  const fields: MutableJsonObject = {};
  const was: MutableJsonObject = {};
  for (const [name, value] of Object.entries(sent)) {
    const before = Object.hasOwn(seen, name) ? seen[name] : undefined;
    if (before === undefined ? value === null : jsonEqual(value, before)) continue;
    fields[name] = value;
    if (before !== undefined) was[name] = before;
  }
  return { fields, was };
};
