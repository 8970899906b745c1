import type { Traffic } from '@tidemark/client';
import { useEffect, useState } from 'react';
import { isPaneMessage, type PaneMessage } from '../pane/messages.ts';

/** One thing that went over the wire of a pane. `key` tells two of them apart. */
export interface Travel extends Traffic {
  readonly key: number;
  readonly pane: string;
}

export interface Panes {
  /** Panes that are switched offline. */
  readonly unlinked: ReadonlySet<string>;
  /** The last ones, the newest first. */
  readonly travels: readonly Travel[];
}

const KEPT = 24;

/** Nothing was sent or received, and nothing went wrong: not worth a line. */
const isIdle = ({ count, ok }: Traffic): boolean => count === 0 && ok;

const after = (panes: Panes, message: PaneMessage): Panes => {
  if (message.type === 'tidemark:link') {
    const unlinked = new Set(panes.unlinked);
    if (message.linked) unlinked.delete(message.pane);
    else unlinked.add(message.pane);
    return { ...panes, unlinked };
  }
  if (isIdle(message.traffic)) return panes;
  const key = (panes.travels[0]?.key ?? 0) + 1;
  return { ...panes, travels: [{ ...message.traffic, key, pane: message.pane }, ...panes.travels].slice(0, KEPT) };
};

/** Listens to the panes of this page; what other windows post is ignored. */
export const usePanes = (): Panes => {
  const [panes, setPanes] = useState<Panes>({ unlinked: new Set(), travels: [] });
  useEffect(() => {
    const take = ({ origin, data }: MessageEvent<unknown>) => {
      if (origin === window.location.origin && isPaneMessage(data)) setPanes((before) => after(before, data));
    };
    window.addEventListener('message', take);
    return () => window.removeEventListener('message', take);
  }, []);
  return panes;
};
