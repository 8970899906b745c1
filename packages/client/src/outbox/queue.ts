import {
  type AppDefinition,
  CONFLICTS,
  type CollectionDefinition,
  checkId,
  GROUP_MUTATIONS_MAX,
  type JsonObject,
  jsonEqual,
  jsonFault,
  type MutableJsonObject,
  ok,
  type Result,
  utf8Length,
  validateFields,
} from '@tidemark/protocol';
import type { Mutation } from '@tidemark/protocol/messages';
import { refuseAbout } from '../refuse-about.ts';
import type { Mirror } from '../store/mirror.ts';
import { pendingOf, targetOf } from '../store/outbox-index.ts';
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
  readonly fields?: JsonObject | undefined;
  /** Of a resolution that is queued again: the server brings its value up to date. Other edits are of the app's own. */
  readonly schemaVersion?: number | undefined;
}

export interface Stamp {
  readonly app: AppDefinition;
  /** The client's wall clock. */
  readonly at: number;
  /** Id of the group where the edits must stand or fall together. */
  readonly group?: string | undefined;
}

/**
 * Plans the outbox rows of some edits: validated, with what the page saw of each field (`was`) and the server state
 * that lay below it (`base`), and numbered. An edit that changes nothing gives no row. Refused, as a whole, with
 * VALIDATION_FAILED, RECORD_NOT_FOUND (patch of what is not there), UNKNOWN_COLLECTION, INVALID_ID, RECORD_TOO_LARGE or GROUP_TOO_LARGE.
 */
export const planEdits = (mirror: Mirror, edits: readonly Edit[], stamp: Stamp): Result<Change> => {
  if (edits.length > GROUP_MUTATIONS_MAX) return refuseAbout('GROUP_TOO_LARGE', `${edits.length} > ${GROUP_MUTATIONS_MAX}`);
  const outbox = new Map<string, OutboxRow>();
  let { nextN } = mirror.meta;
  for (const edit of edits) {
    if (mirror.outbox.has(edit.mutationId)) continue;
    const planned = planEdit(mirror, [...outbox.values()], edit, stamp, nextN);
    if (!planned.ok) return planned;
    if (planned.value === null) continue;
    outbox.set(edit.mutationId, { mutation: planned.value });
    nextN += 1;
  }
  return ok({ rows: { outbox }, meta: { nextN } });
};

const planEdit = (mirror: Mirror, earlier: readonly OutboxRow[], edit: Edit, stamp: Stamp, n: number): Result<Mutation | null> => {
  const { collection, id, mutationId, op, fields = {} } = edit;
  const { app, at, group } = stamp;
  const definition = collectionOf(app, collection);
  if (definition === undefined) return refuseAbout('UNKNOWN_COLLECTION', collection);
  const invalid = checkId(id);
  if (invalid) return { ok: false, error: invalid };
  const fault = jsonFault(fields);
  if (fault) return refuseAbout(fault.code, fault.details.field ?? id, fault.details);
  const key = recordKey(collection, id);
  const state = mirror.records.get(key);
  const sameGroup = pendingOf(earlier.filter((row) => targetOf(row) === key));
  const seen = fold(foldContext(app, mirror, definition), state, [...shownMutations(mirror, key), ...sameGroup]);
  const { epoch } = mirror.meta;
  const base = {
    ...{ mutationId, n, collection, id, at, base: state?.seq ?? 0, schemaVersion: app.schemaVersion },
    ...(epoch !== null && { epoch }),
    ...(group !== undefined && { group }),
  };
  if (op === 'delete') return ok(seen && { ...base, op, was: seen });
  // A resolve names what it chooses; it is checked by the server against the conflict as it then is.
  if (collection === CONFLICTS) return ok({ ...base, op: 'patch', fields, schemaVersion: edit.schemaVersion ?? app.schemaVersion });
  if (seen === null && op === 'patch') return refuseAbout('RECORD_NOT_FOUND', key);
  const valid = validateFields(definition, fields, op);
  if (!valid.ok) return valid;
  const limitBytes = definition.recordBytesMax;
  const bytes = utf8Length(JSON.stringify({ ...seen, ...valid.value }));
  if (bytes > limitBytes) return refuseAbout('RECORD_TOO_LARGE', `${bytes} > ${limitBytes}`, { limitBytes });
  if (seen === null) return ok({ ...base, op: 'put', fields: valid.value, was: {} });
  const sent = op === 'put' ? { ...clearing(seen, definition), ...valid.value } : valid.value;
  const changed = changedFields(sent, seen);
  return ok(Object.keys(changed.fields).length === 0 ? null : { ...base, op: 'patch', ...changed });
};

/** Replacing a record that is there is an edit of what differs: fields that the new one does not have are cleared. */
const clearing = (seen: JsonObject, { fields }: CollectionDefinition): JsonObject =>
  Object.fromEntries(Object.keys(seen).flatMap((field) => (fields[field]?.derived ? [] : [[field, null]])));

/** Only what is really different, with what was seen there. */
export const changedFields = (sent: JsonObject, seen: JsonObject): { readonly fields: JsonObject; readonly was: JsonObject } => {
  const fields: MutableJsonObject = {};
  const was: MutableJsonObject = {};
  for (const [name, value] of Object.entries(sent)) {
    const before = Object.hasOwn(seen, name) ? seen[name] : undefined;
    if (jsonEqual(value, before ?? null)) continue;
    fields[name] = value;
    if (before !== undefined) was[name] = before;
  }
  return { fields, was };
};
