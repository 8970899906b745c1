import type { Status } from '@tidemark/client';
import type { Result } from '@tidemark/protocol';
import { createContext, useContext, useEffect, useState } from 'react';
import type { TrackerClient } from './open-pane.ts';
import type { Sheet } from './sheet.tsx';

/** A line that shows for a moment at the foot of the pane. */
export interface Notice {
  readonly text: string;
  readonly kind: 'done' | 'refused';
  readonly undo?: () => void;
}

/** What the components of one pane share. */
export interface Pane {
  readonly name: string;
  readonly client: TrackerClient;
  open(sheet: Sheet): void;
  close(): void;
  tell(notice: Notice): void;
}

export const PaneContext = createContext<Pane | null>(null);

export const usePane = (): Pane => {
  const pane = useContext(PaneContext);
  if (pane === null) throw new Error('usePane outside of a pane');
  return pane;
};

/** The client's status, kept up to date. */
export const useStatus = (): Status => {
  const { client } = usePane();
  const [status, setStatus] = useState(client.status);
  useEffect(() => {
    setStatus(client.status());
    return client.onStatus(setStatus);
  }, [client]);
  return status;
};

/** Waits for a write and shows why it was refused, if it was. True when it is stored. */
export const useReport = () => {
  const { tell } = usePane();
  return async (writing: Promise<Result<unknown>>): Promise<boolean> => {
    const result = await writing.catch((fault: unknown) => ({
      ok: false as const,
      error: { message: `The browser could not store this: ${String(fault)}` },
    }));
    if (!result.ok) tell({ kind: 'refused', text: result.error.message });
    return result.ok;
  };
};
