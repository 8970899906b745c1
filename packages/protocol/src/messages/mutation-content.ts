import { canonicalJsonAtAnyDepth } from '../canonical-any-depth.ts';
import type { MutableJsonObject } from '../json.ts';
import type { Mutation } from './mutation.ts';

/**
 * What a receipt keeps a hash of: the canonical JSON of a mutation as it was sent, without `n` and `healed`, which may
 * differ when the same mutation is offered again. Total, also for content that checkJson refuses. `fieldsJson`: the canonical JSON of
 * its fields, where that is at hand.
 */
export const mutationContent = (mutation: Mutation, fieldsJson = printedFields(mutation)): string => {
  // In canonical order already: nothing is left to sort. The fields stand between.
  const first: MutableJsonObject = { at: mutation.at, base: mutation.base, collection: mutation.collection };
  if (mutation.epoch !== undefined) first.epoch = mutation.epoch;
  const rest: MutableJsonObject = {};
  if (mutation.group !== undefined) rest.group = mutation.group;
  rest.id = mutation.id;
  if (mutation.ifRevision !== undefined) rest.ifRevision = mutation.ifRevision;
  rest.mutationId = mutation.mutationId;
  rest.op = mutation.op;
  if (mutation.schemaVersion !== undefined) rest.schemaVersion = mutation.schemaVersion;
  if (mutation.was !== undefined) rest.was = mutation.was;
  const fields = fieldsJson === undefined ? '' : `"fields":${fieldsJson},`;
  return `${JSON.stringify(first).slice(0, -1)},${fields}${canonicalJsonAtAnyDepth(rest).slice(1)}`;
};

/** The canonical JSON of a mutation's fields; undefined where it has none. */
export const printedFields = ({ fields }: Mutation): string | undefined =>
  fields === undefined ? undefined : canonicalJsonAtAnyDepth(fields);
