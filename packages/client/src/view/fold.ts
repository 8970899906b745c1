import {
  type AppDefinition,
  type CollectionDefinition,
  isOptional,
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

/** Fields that were written at schemaVersion `from`, at the app's own; as they are where no up-caster takes them. */
export const raise = ({ app, collection }: Pick<FoldContext, 'app' | 'collection'>, fields: JsonObject, from: number): JsonObject => {
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
  const { op, healed, base, epoch, at, schemaVersion = context.app.schemaVersion } = mutation;
  const { collection, clientId } = context;
  const was = raise(context, mutation.was ?? {}, schemaVersion);
  if (op === 'delete') return healed && fields && !jsonEqual(fields, was) ? fields : null;
  if (fields === null && op === 'patch') return null;
  const sent = raise(context, mutation.fields ?? {}, schemaVersion);
  const next: MutableJsonObject = { ...fields };
  const isNewer = state !== undefined && (state.seq > base || (epoch !== undefined && epoch !== context.epoch));
  for (const [name, value] of Object.entries(sent)) {
    const field = Object.hasOwn(collection.fields, name) ? collection.fields[name] : undefined;
    const theirs = next[name];
    const changed = !jsonEqual(theirs, was[name]);
    // A re-offer that the server kept through its restore must not show an old value over a newer one.
    if (field?.derived || (healed && changed)) continue;
    let merged = value === null && field && isOptional(field) ? undefined : value;
    const rule = field?.merge;
    const isConcurrent = isNewer && changed && !own.has(name);
    if (rule && !jsonEqual(merged, theirs) && (isConcurrent || (rule.when === 'always' && theirs !== undefined))) {
      merged = rule.merge({
        was: was[name],
        mine: { value: merged, clientId, at, record: { ...next, ...mutation.fields } },
        theirs: { value: theirs, clientId: '', at: state?.updatedAt ?? 0, record: next },
      }).value;
    }
    if (merged === undefined) delete next[name];
    else next[name] = merged;
  }
  return { ...next, ...collection.derive?.(fields, next, sent) };
};
