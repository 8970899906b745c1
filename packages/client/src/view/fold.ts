import {
  type AppDefinition,
  type CollectionDefinition,
  type FieldDefinition,
  type Json,
  type JsonObject,
  jsonEqual,
  type MutableJsonObject,
  upcastFields,
} from '@tidemark/protocol';
import type { Mutation, RecordState } from '@tidemark/protocol/messages';

/** What the folding of mutations onto a state needs to know. */
export interface FoldContext {
  readonly app: AppDefinition;
  readonly collection: CollectionDefinition;
  readonly clientId: string;
  /** Epoch of the state. */
  readonly epoch: string | null;
}

/**
 * The optimistic state of a record: the server's state with this client's pending mutations on top, by the same merge
 * rules as on the server. Answers the fields at the app's schemaVersion, or null where there is no (live) record.
 *
 * A field counts as concurrently edited when it is not what the mutation saw, the state is newer than its `base`, and
 * no earlier pending mutation wrote it: a client's own edits never conflict with each other.
 */
export const fold = (context: FoldContext, state: RecordState | undefined, pending: readonly Mutation[]): JsonObject | null => {
  let fields = state === undefined ? null : fieldsOf(context, state);
  const own = new Set<string>();
  for (const mutation of pending) {
    const next = apply(context, state, fields, mutation, own);
    if (next === null || fields === null) own.clear();
    if (next !== null) for (const field of Object.keys(mutation.fields ?? {})) own.add(field);
    fields = next;
  }
  return fields;
};

/** The fields of a server state at the app's schemaVersion; null where it is deleted. What no up-caster takes is shown as stored. */
export const fieldsOf = (context: FoldContext, state: RecordState): JsonObject | null => {
  if (state.deleted || state.fields === undefined) return null;
  return raise(context, state.fields, state.schemaVersion);
};

const raise = ({ app, collection }: FoldContext, fields: JsonObject, from: number): JsonObject => {
  if (from === app.schemaVersion) return fields;
  const raised = upcastFields(app, collection, fields, from);
  return raised.ok ? raised.value : fields;
};

const apply = (
  context: FoldContext,
  state: RecordState | undefined,
  fields: JsonObject | null,
  mutation: Mutation,
  own: ReadonlySet<string>,
): JsonObject | null => {
  const version = mutation.schemaVersion ?? context.app.schemaVersion;
  const was = raise(context, mutation.was ?? {}, version);
  if (mutation.op === 'delete') return mutation.healed && fields && !jsonEqual(fields, was) ? fields : null;
  if (fields === null && mutation.op === 'patch') return null;
  const sent = raise(context, mutation.fields ?? {}, version);
  const next: MutableJsonObject = { ...fields };
  const newer = state !== undefined && (state.seq > mutation.base || (mutation.epoch !== undefined && mutation.epoch !== context.epoch));
  for (const [name, value] of Object.entries(sent)) {
    const field = Object.hasOwn(context.collection.fields, name) ? context.collection.fields[name] : undefined;
    if (field?.derived) continue;
    const mine = value === null && field && isOptional(field) ? undefined : value;
    const changed = !jsonEqual(next[name], was[name]);
    // A re-offer that the server kept through its restore must not show an old value over a newer one.
    if (mutation.healed && changed) continue;
    const merged = mergeValue(context, field, {
      state,
      mutation,
      next,
      name,
      mine,
      was: was[name],
      concurrent: newer && changed && !own.has(name),
    });
    if (merged === undefined) delete next[name];
    else next[name] = merged;
  }
  const { derive } = context.collection;
  return derive ? { ...next, ...derive(fields, next, sent) } : next;
};

interface FieldEdit {
  readonly state: RecordState | undefined;
  readonly mutation: Mutation;
  readonly next: JsonObject;
  readonly name: string;
  readonly mine: Json | undefined;
  readonly was: Json | undefined;
  readonly concurrent: boolean;
}

const mergeValue = (context: FoldContext, field: FieldDefinition | undefined, edit: FieldEdit): Json | undefined => {
  const { state, mutation, next, name, mine, was, concurrent } = edit;
  const rule = field?.merge;
  const theirs = next[name];
  if (rule === undefined || jsonEqual(mine, theirs) || !(concurrent || (rule.when === 'always' && theirs !== undefined))) return mine;
  const outcome = rule.merge({
    was,
    mine: { value: mine, clientId: context.clientId, at: mutation.at, record: { ...next, ...mutation.fields } },
    theirs: { value: theirs, clientId: '', at: state?.updatedAt ?? 0, record: next },
  });
  return outcome.value;
};

const optional = new WeakMap<FieldDefinition, boolean>();

/** Does null in a patch clear the field? It does where the schema takes an absent value. */
const isOptional = (field: FieldDefinition): boolean => {
  const known = optional.get(field);
  if (known !== undefined) return known;
  const result = field.schema['~standard'].validate(undefined);
  const answer = !(result instanceof Promise) && !result.issues;
  optional.set(field, answer);
  return answer;
};
