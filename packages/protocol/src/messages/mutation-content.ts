import { canonicalJsonAtAnyDepth } from '../canonical-any-depth.ts';
import type { MutableJsonObject } from '../json.ts';
import type { Mutation } from './mutation.ts';

/**
 * What a receipt keeps a hash of: the canonical JSON of a mutation as it was sent, without `n` and `healed`, which may
 * differ when the same mutation is offered again. Total, also for content that checkJson refuses.
 */
export const mutationContent = (mutation: Mutation): string => {
  // In canonical order already: nothing is left to sort.
  const content: MutableJsonObject = { at: mutation.at, base: mutation.base, collection: mutation.collection };
  if (mutation.epoch !== undefined) content.epoch = mutation.epoch;
  if (mutation.fields !== undefined) content.fields = mutation.fields;
  if (mutation.group !== undefined) content.group = mutation.group;
  content.id = mutation.id;
  if (mutation.ifRevision !== undefined) content.ifRevision = mutation.ifRevision;
  content.mutationId = mutation.mutationId;
  content.op = mutation.op;
  if (mutation.schemaVersion !== undefined) content.schemaVersion = mutation.schemaVersion;
  if (mutation.was !== undefined) content.was = mutation.was;
  return canonicalJsonAtAnyDepth(content);
};
