import type { BrowserEvent } from '../recorder/browser-event.ts';
import { ASLEEP_AFTER_MS } from '../recorder/recorder.ts';
import type { Settings } from './browser-port.ts';
import { closeDesk, type Desk, openDesk, type WorkerParts } from './desk.ts';
import { createSignOfLife } from './sign-of-life.ts';

/** Hears events one after the other and keeps what follows from them. */
export interface Keeper {
  desk(): Promise<Desk>;
  /** Hears an event; null: something happened that no event tells, so everything is looked at again. */
  hear(event: BrowserEvent | null): Promise<void>;
  /** Runs a task while no event is heard. */
  alone<T>(task: (desk: Desk) => Promise<T>): Promise<T>;
  /** From now on these settings hold; with `reopen`, for another person or server. Runs alone. */
  set(changes: Partial<Settings>, reopen: (before: Desk, after: Settings) => boolean): Promise<void>;
}

/** Compares what is kept with what there is to see. */
const look = async ({ browser, env }: WorkerParts, { signedIn, settings }: Desk): Promise<void> => {
  if (signedIn === null) return;
  const { kept } = signedIn;
  const session = await browser.session();
  const seen = await browser.readSeen();
  const known = kept.recorder();
  // What was looked at when the worker or the browser ended was so until the last sign of life.
  if (seen !== null && seen.session === known.session && seen.at > known.at) await kept.hear({ kind: 'beat', at: seen.at });
  const rules = { recording: !settings.paused, excluded: settings.excluded };
  const now = await browser.look();
  await kept.hear({ kind: 'snapshot', at: env.wall(), session, rules, ...now });
};

export const createKeeper = (parts: WorkerParts): Keeper => {
  let opening: Promise<Desk> | null = null;
  /** This worker has not compared its state with the browser yet, or may have missed something. */
  let isBlind = true;
  let turn: Promise<unknown> = Promise.resolve();
  const life = createSignOfLife(parts, (lastSeen) => void hear({ kind: 'beat', at: lastSeen }).catch(() => undefined));

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
  const attempt = async (event: BrowserEvent | null): Promise<void> => {
    const open = await desk();
    if (event === null || isBlind) await look(parts, open);
    isBlind = false;
    const kept = open.signedIn?.kept;
    if (kept !== undefined && event !== null) {
      const { at } = kept.recorder();
      const [seen, wasAsleep] = [life.at(), event.at - at > ASLEEP_AFTER_MS];
      if (wasAsleep && seen > at) await kept.hear({ kind: 'beat', at: Math.min(seen, event.at) });
      await kept.hear(event);
    }
    await life.follow(kept?.recorder());
  };
  const hear: Keeper['hear'] = (event) =>
    inTurn(async () => {
      try {
        await attempt(event);
      } catch {
        // The store was written by another worker or lost its connection: everything is read again, and compared with the browser.
        await reopen();
        await attempt(event);
      }
    });
  return {
    desk,
    hear,
    alone: (task) => inTurn(async () => task(await desk())),
    set: (changes, isOther) =>
      inTurn(async () => {
        const open = await desk();
        const settings = { ...open.settings, ...changes };
        await parts.browser.writeSettings(settings);
        if (isOther(open, settings)) await reopen();
        else opening = Promise.resolve({ ...open, settings });
      }),
  };
};
