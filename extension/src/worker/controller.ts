import type { Refusal } from '@tidemark/protocol';
import type { BrowserEvent } from '../recorder/browser-event.ts';
import { ASLEEP_AFTER_MS } from '../recorder/recorder.ts';
import { attendedTab } from '../recorder/recorder-state.ts';
import { runSyncRound } from '../sync/sync-round.ts';
import type { Owner, Settings } from './browser-port.ts';
import { closeDesk, type Desk, openDesk, type WorkerParts } from './desk.ts';

const SEEN_EVERY_MS = 1_000;

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
  const { browser, env } = parts;
  let opening: Promise<Desk> | null = null;
  /** This worker has not compared its state with the browser yet, or may have missed something. */
  let isBlind = true;
  let seenAt = 0;
  let stopSeeing: (() => void) | null = null;
  let turn: Promise<unknown> = Promise.resolve();
  let syncing: Promise<Refusal | null> | null = null;
  let isAskedAgain = false;

  const desk = (): Promise<Desk> => {
    opening ??= openDesk(parts).catch((fault: unknown) => {
      opening = null;
      throw fault;
    });
    return opening;
  };
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const result = turn.then(task);
    turn = result.catch(() => undefined);
    return result;
  };
  const reopen = async (): Promise<void> => {
    const open = await opening?.catch(() => undefined);
    opening = null;
    isBlind = true;
    if (open !== undefined) await closeDesk(open);
  };

  const see = async (session: string, at: number): Promise<void> => {
    seenAt = at;
    await browser.writeSeen({ session, at });
  };
  /** Says every second that it is still looked at, and has the alarm say so every minute should this worker end. */
  const follow = async ({ signedIn, settings }: Desk): Promise<void> => {
    const state = signedIn?.kept.recorder();
    const isLookedAt = state !== undefined && attendedTab(state) !== undefined;
    stopSeeing?.();
    stopSeeing = null;
    const tick = (): void => {
      if (state === undefined) return;
      const [before, at] = [seenAt, env.wall()];
      // The machine slept: what was before belongs to the page, the time since does not.
      if (before > state.at && at - before > ASLEEP_AFTER_MS) void hear({ kind: 'beat', at: before }).catch(() => undefined);
      void see(state.session, at).catch(() => undefined);
      stopSeeing = env.setTimer(SEEN_EVERY_MS, tick);
    };
    if (isLookedAt) stopSeeing = env.setTimer(SEEN_EVERY_MS, tick);
    await browser.setAlarms({ sync: settings.owner !== null, beat: isLookedAt });
  };

  const look = async ({ signedIn, settings }: Desk): Promise<void> => {
    if (signedIn === null) return;
    const { kept } = signedIn;
    const session = await browser.session();
    const seen = await browser.readSeen();
    const known = kept.recorder();
    // What was looked at when the worker or the browser ended was so until the last sign of life.
    if (seen !== null && seen.session === known.session && seen.at > known.at) await kept.hear({ kind: 'beat', at: seen.at });
    const rules = { recording: !settings.paused, excluded: settings.excluded };
    const seenNow = await browser.look();
    await kept.hear({ kind: 'snapshot', at: env.wall(), session, rules, ...seenNow });
    isBlind = false;
  };

  const attempt = async (event: BrowserEvent | null): Promise<void> => {
    const open = await desk();
    if (event === null || isBlind) await look(open);
    const kept = open.signedIn?.kept;
    if (kept === undefined) return follow(open);
    if (event !== null) {
      const { at } = kept.recorder();
      if (event.at - at > ASLEEP_AFTER_MS && seenAt > at) await kept.hear({ kind: 'beat', at: Math.min(seenAt, event.at) });
      await kept.hear(event);
    }
    await follow(open);
  };
  const hear = (event: BrowserEvent | null): Promise<void> =>
    inTurn(async () => {
      try {
        await attempt(event);
      } catch {
        // The store was written by another worker or lost its connection: everything is read again, and compared with the browser.
        await reopen();
        await attempt(event);
      }
    });

  const changed = async (): Promise<void> => {
    browser.tellPages();
    const { settings, signedIn } = await desk();
    const isTroubled = settings.owner !== null && signedIn?.kept.head().trouble?.code === 'UNAUTHENTICATED';
    await browser.showBadge(isTroubled ? 'trouble' : settings.paused ? 'paused' : 'none');
  };
  const round = async (): Promise<Refusal | null> => {
    let trouble: Refusal | null = null;
    do {
      isAskedAgain = false;
      const { signedIn } = await desk();
      if (signedIn === null) return null;
      await changed();
      trouble = await runSyncRound(signedIn.tools);
    } while (isAskedAgain && trouble === null);
    return trouble;
  };
  const sync = (): Promise<Refusal | null> => {
    if (syncing !== null) {
      isAskedAgain = true;
      return syncing;
    }
    const storeFailed = (fault: unknown): Refusal => ({ code: 'STORAGE_FULL', message: `The local store failed: ${String(fault)}` });
    syncing = round()
      .catch(storeFailed)
      .finally(() => {
        syncing = null;
        void changed().catch(() => undefined);
      });
    return syncing;
  };
  return {
    hear,
    lookAgain: () => hear(null),
    sync,
    isSyncing: () => syncing !== null,
    desk,
    alone: (task) => inTurn(async () => task(await desk())),
    change: async (changes) => {
      await inTurn(async () => {
        const open = await desk();
        const settings = { ...open.settings, ...changes };
        await browser.writeSettings(settings);
        const isOther = settings.server !== open.settings.server || !isSameOwner(settings.owner, open.settings.owner);
        if (!isOther) opening = Promise.resolve({ ...open, settings });
        else {
          // What is on its way to the server is still answered to the store that it came from.
          await syncing;
          await reopen();
        }
      });
      await hear(null);
      await changed();
    },
    changed,
  };
};
