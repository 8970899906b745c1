import type { Refusal } from '@tidemark/protocol';
import type { BrowserEvent } from '../recorder/browser-event.ts';
import { runSyncRound } from '../sync/sync-round.ts';
import type { Owner, Settings } from './browser-port.ts';
import type { Desk, WorkerParts } from './desk.ts';
import { createKeeper } from './keeper.ts';
import { createSyncAsked } from './sync-asked.ts';

/** What runs in the worker. Each method may be the last that this worker does: what must outlive it is stored when it resolves. */
export interface Controller {
  /** Hears an event of the browser; events are heard in the order of the calls. */
  hear(event: BrowserEvent): Promise<void>;
  /** Something happened that no event tells: looks at everything again. */
  lookAgain(): Promise<void>;
  /** Syncs now; resolves when that is over, with what went wrong. While nobody has signed in, does nothing. */
  sync(): Promise<Refusal | null>;
  isSyncing(): boolean;
  desk(): Promise<Desk>;
  /** Changes settings durably and acts on them. */
  change(settings: Partial<Settings>): Promise<void>;
  /** Runs a task while no event is heard. */
  alone<T>(task: (desk: Desk) => Promise<T>): Promise<T>;
  /** After anything that pages or the badge may show. */
  changed(): Promise<void>;
}

const isSameOwner = (a: Owner | null, b: Owner | null): boolean => a?.issuer === b?.issuer && a?.subject === b?.subject;

export const createController = (parts: WorkerParts): Controller => {
  const { browser } = parts;
  const keeper = createKeeper(parts);
  const { desk } = keeper;

  const changed = async (): Promise<void> => {
    browser.tellPages();
    const { settings, signedIn } = await desk();
    const needsSignIn = signedIn?.kept.head().trouble?.code === 'UNAUTHENTICATED';
    await browser.showBadge(needsSignIn ? 'trouble' : settings.paused ? 'paused' : 'none');
  };
  const round = async (): Promise<Refusal | null> => {
    const { signedIn } = await desk();
    if (signedIn === null) return null;
    await changed();
    return runSyncRound(signedIn.tools);
  };
  const sync = createSyncAsked(round, () => void changed().catch(() => undefined));
  return {
    hear: keeper.hear,
    lookAgain: () => keeper.hear(null),
    sync: sync.ask,
    isSyncing: sync.isRunning,
    desk,
    alone: keeper.alone,
    change: async (settings) => {
      // What is on its way to the server is still answered to the store that it came from.
      if ('owner' in settings || 'server' in settings) await sync.rest();
      const isOther = (before: Desk, after: Settings): boolean =>
        after.server !== before.settings.server || !isSameOwner(after.owner, before.settings.owner);
      await keeper.set(settings, isOther);
      await keeper.hear(null);
      await changed();
    },
    changed,
  };
};
