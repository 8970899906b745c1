import { canonicalJsonAtAnyDepth } from '../canonical-any-depth.ts';
import { quoteJson } from '../print-canonical.ts';
import type { Mutation } from './mutation.ts';

/**
 * What a receipt keeps a hash of: the canonical JSON of a mutation as it was sent, without `n` and `healed`, which may
 * differ when the same mutation is offered again. Total, also for content that checkJson refuses. `fieldsJson`: the canonical JSON of
 * its fields, where that is at hand.
 */
export const mutationContent = (mutation: Mutation, fieldsJson = printedFields(mutation)): string => {
  const { at, base, collection, epoch, group, id, ifRevision, mutationId, op, schemaVersion, was } = mutation;
  // Piece by piece, in the order of the names.
  let text = `{"at":${canonicalJsonAtAnyDepth(at)},"base":${canonicalJsonAtAnyDepth(base)},"collection":${quoteJson(collection)}`;
  if (epoch !== undefined) text += `,"epoch":${quoteJson(epoch)}`;
  if (fieldsJson !== undefined) text += `,"fields":${fieldsJson}`;
  if (group !== undefined) text += `,"group":${quoteJson(group)}`;
  text += `,"id":${quoteJson(id)}`;
  if (ifRevision !== undefined) text += `,"ifRevision":${canonicalJsonAtAnyDepth(ifRevision)}`;
  text += `,"mutationId":${quoteJson(mutationId)},"op":"${op}"`;
  if (schemaVersion !== undefined) text += `,"schemaVersion":${canonicalJsonAtAnyDepth(schemaVersion)}`;
  if (was !== undefined) text += `,"was":${canonicalJsonAtAnyDepth(was)}`;
  return `${text}}`;
};

/** The canonical JSON of a mutation's fields; undefined where it has none. */
export const printedFields = ({ fields }: Mutation): string | undefined =>
  fields === undefined ? undefined : canonicalJsonAtAnyDepth(fields);
