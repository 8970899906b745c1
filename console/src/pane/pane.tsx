import { useCallback, useMemo, useState } from 'react';
import { TaskPage } from '../tasks/task-page.tsx';
import { NoticeLine } from './notice-line.tsx';
import type { TrackerClient } from './open-pane.ts';
import classes from './pane.module.css';
import { type Notice, type Pane, PaneContext } from './pane-context.ts';
import { PaneFoot } from './pane-foot.tsx';
import { PaneHead } from './pane-head.tsx';
import { type Sheet, SheetView } from './sheet.tsx';

/** One client and its tasks, as on a phone. */
export function PaneView({ name, client }: { readonly name: string; readonly client: TrackerClient }) {
  const [sheet, setSheet] = useState<Sheet | null>(null);
  const [isOpen, setOpen] = useState(false);
  const [notice, setNotice] = useState<Notice | null>(null);
  const close = useCallback(() => setOpen(false), []);
  const quiet = useCallback(() => setNotice(null), []);
  const pane = useMemo<Pane>(
    () => ({
      name,
      client,
      close,
      tell: setNotice,
      open: (next) => {
        setSheet(next);
        setOpen(true);
      },
    }),
    [name, client, close],
  );
  return (
    <PaneContext value={pane}>
      <div className={classes.pane}>
        <PaneHead />
        <TaskPage />
        <NoticeLine notice={notice} overSheet={isOpen} onDone={quiet} />
        <PaneFoot />
      </div>
      <SheetView sheet={sheet} isOpen={isOpen} onClose={close} />
    </PaneContext>
  );
}
