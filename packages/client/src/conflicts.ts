import { CONFLICTS, isJsonObject } from '@tidemark/protocol';
import type { LocalConflict } from './client.ts';
import type { View, ViewRecord } from './view/view.ts';

const isConflict = (record: unknown): record is Omit<LocalConflict, 'conflictId'> =>
  isJsonObject(record) && typeof record.collection === 'string' && typeof record.field === 'string' && typeof record.state === 'string';

/** A conflict record has a field `id` of its own, that of the record it is about, so the view's id is told apart by its key. */
const toLocal = (conflictId: string, record: ViewRecord): LocalConflict | undefined => {
  if (!isConflict(record) || record.state !== 'open') return undefined;
  // A pending resolve lies on top of the record as `choose`: for this client it is decided.
  return Object.hasOwn(record, 'choose') ? undefined : { ...record, conflictId };
};

/** The conflicts that wait for a decision, oldest first. */
export const openConflicts = (view: View): LocalConflict[] => {
  const open: LocalConflict[] = [];
  for (const [conflictId, record] of view.records(CONFLICTS)) {
    const conflict = toLocal(conflictId, record);
    if (conflict !== undefined) open.push(conflict);
  }
  return open.sort((a, b) => a.raisedAt - b.raisedAt);
};

/** Is this conflict open, or not pulled yet? */
export const isOpenConflict = (view: View, conflictId: string): boolean => {
  const record = view.get(CONFLICTS, conflictId);
  return record === undefined || toLocal(conflictId, record) !== undefined;
};
