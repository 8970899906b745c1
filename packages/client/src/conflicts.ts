import { CONFLICTS } from '@tidemark/protocol';
import type { LocalConflict } from './client.ts';
import { shapeOf } from './shape.ts';
import type { View, ViewRecord } from './view/view.ts';

const isConflict = shapeOf<Omit<LocalConflict, 'conflictId'>>({ collection: 'string', field: 'string', state: 'string' });

/**
 * A conflict record has a field `id` of its own, that of the record it is about, so the view's id is told apart by its key.
 * A pending resolve lies on top of the record as `choose`: for this client it is decided.
 */
const toLocal = (conflictId: string, record: ViewRecord): LocalConflict[] =>
  isConflict(record) && record.state === 'open' && !('choose' in record) ? [{ ...record, conflictId }] : [];

/** The conflicts that wait for a decision, oldest first. */
export const openConflicts = (view: View): LocalConflict[] =>
  [...view.records(CONFLICTS)].flatMap(([id, record]) => toLocal(id, record)).sort((a, b) => a.raisedAt - b.raisedAt);

/** Is this conflict open, or not pulled yet? */
export const isOpenConflict = (view: View, conflictId: string): boolean => {
  const record = view.get(CONFLICTS, conflictId);
  return record === undefined || toLocal(conflictId, record).length > 0;
};
