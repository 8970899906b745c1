import type { LocalConflict } from '@tidemark/client';
import { useEffect, useState } from 'react';
import { usePane } from '../pane/pane-context.ts';

/** The open conflicts, kept up to date. */
export const useConflicts = (): readonly LocalConflict[] => {
  const { client } = usePane();
  const [open, setOpen] = useState(client.conflicts);
  useEffect(() => {
    setOpen(client.conflicts());
    return client.onConflicts(setOpen);
  }, [client]);
  return open;
};
