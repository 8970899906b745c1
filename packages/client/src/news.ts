import { CONFLICTS } from '@tidemark/protocol';
import type { LocalConflict, Status } from './client.ts';
import { openConflicts } from './conflicts.ts';
import { createListeners, type Listeners } from './listeners.ts';
import type { Touched } from './store/transactions.ts';
import type { LiveQueries } from './view/live-queries.ts';
import type { View } from './view/view.ts';

/** Tells a page what has changed: live queries, conflicts, status; each only where it is really another. */
export interface News {
  readonly status: Listeners<Status>;
  readonly conflicts: Listeners<readonly LocalConflict[]>;
  openConflicts(): readonly LocalConflict[];
  /** To be called after each change of the local store. */
  touched(touched: Touched): void;
  /** To be called after each step of the sync loop. */
  tellStatus(): void;
}

export const createNews = (view: View, queries: LiveQueries, statusNow: () => Status): News => {
  const status = createListeners<Status>();
  const conflicts = createListeners<readonly LocalConflict[]>();
  let open = openConflicts(view);
  let shown = '';
  const tellStatus = (): void => {
    const now = statusNow();
    const text = JSON.stringify(now);
    if (text === shown) return;
    shown = text;
    status.call(now);
  };
  return {
    status,
    conflicts,
    openConflicts: () => open,
    tellStatus,
    touched: (touched) => {
      const changes = view.update(touched);
      queries.notify(changes);
      const now = changes.has(CONFLICTS) ? openConflicts(view) : open;
      if (now !== open && JSON.stringify(now) !== JSON.stringify(open)) {
        open = now;
        conflicts.call(now);
      }
      tellStatus();
    },
  };
};
