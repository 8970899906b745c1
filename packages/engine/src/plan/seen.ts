import type { Edit } from './context.ts';
import type { Seen } from './decide-field.ts';
import type { Draft } from './draft.ts';

/**
 * What the author of an edit saw in a field: from `was` if it was sent, else the value at its base, from the
 * history. A base of another epoch points nowhere: then it is not known.
 */
export const seenBy = (draft: Draft, edit: Edit, field: string): Seen => {
  if (edit.was !== undefined) return { value: Object.hasOwn(edit.was, field) ? edit.was[field] : undefined };
  if (edit.base === 0) return { value: undefined };
  if (!edit.baseCounts) return 'compacted';
  const state = draft.pastState(edit.collection, edit.id, edit.base);
  if (state === undefined) return 'needed';
  if (state === 'compacted') return 'compacted';
  return { value: state.fields !== null && Object.hasOwn(state.fields, field) ? state.fields[field] : undefined };
};
