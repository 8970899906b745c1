/** The only file of the console that touches the clock, timers, randomness, the network and browser storage. */
import { browserEnv, type ClientEnv } from '@tidemark/client';

const env = browserEnv();

/** Wall clock in milliseconds. */
export const now = env.wall;

/** Calls `fire` every `periodMs` until the returned function is called. */
export const every = (periodMs: number, fire: () => void): (() => void) => {
  const timer = setInterval(fire, periodMs);
  return () => clearInterval(timer);
};

/** Calls `fire` once after `delayMs`, unless the returned function is called before. */
export const after = env.setTimer;

/**
 * A fresh record id that begins with the time: of the tasks made here the newest has the greatest id, also beside ids
 * that are numbers or UUIDs.
 */
export const newTaskId = (): string => `t${now().toString(36).padStart(9, '0')}-${env.uuid().slice(-12)}`;

export const newStoreName = env.uuid;

/** The client's platform for one pane. Panes of one account have stores of their own, so they also have locks and channels of their own. */
export const paneEnv = (pane: string): ClientEnv => ({
  ...env,
  lock: (name, task) => env.lock(`${name}:${pane}`, task),
  channel: (name, onMessage) => env.channel(`${name}:${pane}`, onMessage),
});

/** Posts JSON to the server the page came from. Rejects when no answer came; `body` is undefined where the answer is no JSON. */
export const postJson = async (path: string, body: unknown): Promise<{ status: number; body: unknown }> => {
  const answer = await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return { status: answer.status, body: await answer.json().catch(() => undefined) };
};

type Lifetime = 'tab' | 'browser';
const areas: { readonly [lifetime in Lifetime]: () => Storage } = { tab: () => sessionStorage, browser: () => localStorage };

/** A remembered string, or null: also where the browser refuses storage. */
export const remembered = (lifetime: Lifetime, key: string): string | null => {
  try {
    return areas[lifetime]().getItem(`tidemark:${key}`);
  } catch {
    return null;
  }
};

/** Remembers a string, or forgets it with null. Where the browser refuses storage, it is forgotten with the page. */
export const remember = (lifetime: Lifetime, key: string, value: string | null): void => {
  try {
    if (value === null) areas[lifetime]().removeItem(`tidemark:${key}`);
    else areas[lifetime]().setItem(`tidemark:${key}`, value);
  } catch {
    return;
  }
};

/** Offers JSON to the person as a file. */
export const download = (fileName: string, value: unknown): void => {
  const url = URL.createObjectURL(new Blob([JSON.stringify(value, null, 2)], { type: 'application/json' }));
  const link = Object.assign(document.createElement('a'), { href: url, download: fileName });
  link.click();
  URL.revokeObjectURL(url);
};

export const reload = (): void => location.reload();
