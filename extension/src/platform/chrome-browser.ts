/// <reference types="chrome" />
/** The only file of the worker that touches the browser's own interfaces. */
import { isTokens, type TokenStore } from '@tidemark/client/account';
import { isJsonObject } from '@tidemark/protocol';
import type { BrowserEvent, IdleState, SeenTab } from '../recorder/browser-event.ts';
import { type BrowserPort, FIRST_SETTINGS, type Seen, type Settings } from '../worker/browser-port.ts';
import { type Answer, CHANGED, isRequest, type Request } from '../worker/messages.ts';

const SYNC_MINUTES = 5;
const BEAT_MINUTES = 1;
const IDLE_SECONDS = 60;

/** A browser shows the address of a page that has no title. */
const isAddress = (title: string, url: string): boolean => url.replace(/^https?:\/\/(www\.)?/, '') === title;

/** `titled`: the title surely belongs to the page that the tab shows now. */
const seenTab = (tab: chrome.tabs.Tab, titled = tab.status === 'complete'): SeenTab | undefined => {
  const { id, windowId, active, url = '', title = '', audible = false, incognito } = tab;
  if (id === undefined || id === chrome.tabs.TAB_ID_NONE) return undefined;
  return { id, windowId, active, url, audible, incognito, ...(titled && !isAddress(title, url) ? { title } : {}) };
};

const windowOrNone = (id: number): number | null => (id === chrome.windows.WINDOW_ID_NONE ? null : id);

const isSettings = (value: unknown): value is Partial<Settings> => isJsonObject(value);
const isSeen = (value: unknown): value is Seen => isJsonObject(value) && typeof value.session === 'string' && typeof value.at === 'number';

const session = async (): Promise<string> => {
  const known: unknown = (await chrome.storage.session.get('session')).session;
  if (typeof known === 'string') return known;
  const fresh = crypto.randomUUID();
  await chrome.storage.session.set({ session: fresh });
  return fresh;
};

/** The window that has the keyboard. Fails where there is no window at all. */
const focusedWindow = async (): Promise<number | null> => {
  const last = await chrome.windows.getLastFocused();
  return last.focused ? (last.id ?? null) : null;
};

const look: BrowserPort['look'] = async () => {
  const [tabs, focused, idle] = await Promise.all([
    chrome.tabs.query({}),
    focusedWindow().catch(() => null),
    chrome.idle.queryState(IDLE_SECONDS),
  ]);
  return { tabs: tabs.flatMap((tab) => seenTab(tab) ?? []), focused, idle };
};

const setAlarm = async (name: string, minutes: number, wanted: boolean): Promise<void> => {
  // Creating an alarm that is there would put it off.
  const there = (await chrome.alarms.get(name)) !== undefined;
  if (wanted && !there) await chrome.alarms.create(name, { periodInMinutes: minutes });
  else if (!wanted && there) await chrome.alarms.clear(name);
};

export const createChromeBrowser = (): BrowserPort => {
  let alarms = '';
  return {
    session,
    look,
    readSettings: async () => {
      const { settings } = await chrome.storage.local.get('settings');
      return { ...FIRST_SETTINGS, ...(isSettings(settings) ? settings : {}) };
    },
    writeSettings: (settings) => chrome.storage.local.set({ settings }),
    readSeen: async () => {
      const { seen } = await chrome.storage.local.get('seen');
      return isSeen(seen) ? seen : null;
    },
    writeSeen: (seen) => chrome.storage.local.set({ seen }),
    setAlarms: async ({ sync, beat }) => {
      const wanted = `${sync} ${beat}`;
      if (wanted === alarms) return;
      await setAlarm('sync', SYNC_MINUTES, sync);
      await setAlarm('beat', BEAT_MINUTES, beat);
      alarms = wanted;
    },
    showBadge: async (badge) => {
      await chrome.action.setBadgeText({ text: { none: '', paused: 'II', trouble: '!' }[badge] });
      await chrome.action.setBadgeBackgroundColor({ color: badge === 'trouble' ? '#b3261e' : '#566569' });
    },
    // Without an open page nobody hears it.
    tellPages: () => void chrome.runtime.sendMessage(CHANGED).catch(() => undefined),
  };
};

/** Tokens where only this extension can read them. */
export const createChromeTokens = (): TokenStore => ({
  name: 'browsing',
  read: async () => {
    const { tokens } = await chrome.storage.local.get('tokens');
    return isTokens(tokens) ? tokens : null;
  },
  write: (tokens) => (tokens === null ? chrome.storage.local.remove('tokens') : chrome.storage.local.set({ tokens })),
});

export interface Heard {
  readonly event: (event: BrowserEvent) => void;
  /** Something happened that no event describes. */
  readonly lookAgain: () => void;
  readonly sync: () => void;
  readonly request: (request: Request) => Promise<Answer>;
}

/** Hears the browser from now on. To be called in the first turn of the worker: later, events that woke it are lost. */
export const hearChrome = ({ event, lookAgain, sync, request }: Heard): void => {
  const tellTab = (tab: chrome.tabs.Tab, titled?: boolean): void => {
    const seen = seenTab(tab, titled);
    if (seen !== undefined) event({ kind: 'tab', at: Date.now(), tab: seen });
  };
  chrome.tabs.onCreated.addListener((tab) => tellTab(tab));
  chrome.tabs.onUpdated.addListener((_, change, tab) => {
    if (change.url !== undefined || change.title !== undefined || change.audible !== undefined || change.status === 'complete')
      tellTab(tab, change.title !== undefined || tab.status === 'complete');
  });
  chrome.tabs.onActivated.addListener(({ tabId, windowId }) => event({ kind: 'activated', at: Date.now(), tabId, windowId }));
  chrome.tabs.onRemoved.addListener((tabId) => event({ kind: 'closed', at: Date.now(), tabId }));
  chrome.tabs.onAttached.addListener(lookAgain);
  chrome.tabs.onReplaced.addListener(lookAgain);
  chrome.windows.onFocusChanged.addListener((id) => event({ kind: 'focus', at: Date.now(), windowId: windowOrNone(id) }));
  chrome.idle.setDetectionInterval(IDLE_SECONDS);
  chrome.idle.onStateChanged.addListener((state: IdleState) => event({ kind: 'idle', at: Date.now(), state }));
  chrome.alarms.onAlarm.addListener(({ name }) => {
    if (name === 'sync') sync();
    event({ kind: 'beat', at: Date.now() });
  });
  chrome.runtime.onStartup.addListener(lookAgain);
  chrome.runtime.onInstalled.addListener(lookAgain);
  globalThis.addEventListener('online', sync);
  chrome.runtime.onMessage.addListener((message: unknown, sender, respond) => {
    if (sender.id !== chrome.runtime.id || !isRequest(message)) return false;
    void request(message).then(respond);
    // The answer comes later.
    return true;
  });
};
