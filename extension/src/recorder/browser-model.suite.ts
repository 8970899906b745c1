import fc from 'fast-check';
import type { BrowserEvent, IdleState, SeenTab } from './browser-event.ts';

// A browser that is none: it takes commands, emits the events that a real one emits, and keeps account of what was done by its own
// reckoning, second by second, against which the recorder's answers are held.

export const PAGES = [
  'https://news.example/a',
  'https://news.example/b?q=1',
  'https://mail.example/#/inbox',
  'https://secret.example/diary',
  'https://sub.secret.example/',
  'chrome://settings/',
  'about:blank',
] as const;
export const EXCLUDED = ['secret.example'];
const INCOGNITO_WINDOW = 3;
const isRecorded = (url: string): boolean => url.startsWith('https:') && !url.includes('secret');

export type Command =
  | { readonly do: 'open'; readonly windowId: number; readonly page: string; readonly active: boolean }
  | { readonly do: 'navigate'; readonly nth: number; readonly page: string }
  | { readonly do: 'activate' | 'close' | 'sound'; readonly nth: number }
  | { readonly do: 'focus'; readonly windowId: number | null }
  | { readonly do: 'idle'; readonly state: IdleState }
  | { readonly do: 'wait' | 'sleep'; readonly ms: number }
  | { readonly do: 'missed' }
  | { readonly do: 'restart' }
  | { readonly do: 'pause'; readonly recording: boolean };

const nth = fc.nat(9);
const page = fc.constantFrom(...PAGES);
export const commands: fc.Arbitrary<readonly Command[]> = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('open' as const), windowId: fc.integer({ min: 1, max: INCOGNITO_WINDOW }), page, active: fc.boolean() }),
    fc.record({ do: fc.constant('navigate' as const), nth, page }),
    fc.record({ do: fc.constantFrom('activate', 'close', 'sound'), nth }),
    fc.record({ do: fc.constant('focus' as const), windowId: fc.constantFrom(null, 1, 2, INCOGNITO_WINDOW) }),
    fc.record({ do: fc.constant('idle' as const), state: fc.constantFrom('active', 'idle', 'locked') }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 60_000 }) }),
    fc.record({ do: fc.constant('sleep' as const), ms: fc.integer({ min: 100_000, max: 9_000_000 }) }),
    fc.record({ do: fc.constantFrom('missed', 'restart') }),
    fc.record({ do: fc.constant('pause' as const), recording: fc.boolean() }),
  ),
  { maxLength: 60, size: 'max' },
);

/** What was done on one page. */
export interface Done {
  readonly tabId: number;
  readonly url: string;
  readonly start: number;
  end: number | null;
  active: number;
}

interface ModelTab {
  readonly id: number;
  readonly windowId: number;
  active: boolean;
  url: string;
  audible: boolean;
  done: Done | null;
}

/** Plays commands; `emit` gets the events, each with everything there is to see then. Answers what was done. */
export const play = (
  list: readonly Command[],
  emit: (event: BrowserEvent, world: BrowserEvent<'snapshot'>) => void,
): { readonly done: readonly Done[]; readonly at: number } => {
  let at = 1_700_000_000_000;
  let session = 1;
  let tabs: ModelTab[] = [];
  let nextId = 1;
  let focused: number | null = 1;
  let idle: IdleState = 'active';
  let recording = true;
  const done: Done[] = [];

  const seen = ({ id, windowId, active, url, audible }: ModelTab): SeenTab => {
    return { id, windowId, active, url, audible, title: `Title of ${url}`, incognito: windowId === INCOGNITO_WINDOW };
  };
  const look = (): BrowserEvent<'snapshot'> => ({
    ...{ kind: 'snapshot', at, session: `run ${session}`, tabs: tabs.map(seen), focused, idle },
    rules: { recording, excluded: EXCLUDED },
  });
  const tell = (event: BrowserEvent): void => emit(event, look());
  const snapshot = (): void => tell(look());
  const end = (tab: ModelTab): void => {
    if (tab.done !== null) tab.done.end = at;
    tab.done = null;
  };
  const begin = (tab: ModelTab): void => {
    if (!recording || tab.windowId === INCOGNITO_WINDOW || !isRecorded(tab.url) || tab.done !== null) return;
    tab.done = { tabId: tab.id, url: tab.url, start: at, end: null, active: 0 };
    done.push(tab.done);
  };
  const pass = (ms: number, awake: boolean): void => {
    const viewed = tabs.find((tab) => tab.active && tab.windowId === focused);
    const attends = idle === 'active' || (idle === 'idle' && viewed?.audible === true);
    if (awake && attends && viewed?.done) viewed.done.active += ms;
    at += ms;
  };
  const show = (tab: ModelTab): void => {
    for (const other of tabs) if (other.windowId === tab.windowId) other.active = other === tab;
  };
  const act = (command: Command): void => {
    const tab = 'nth' in command ? tabs[command.nth % Math.max(1, tabs.length)] : undefined;
    if ('nth' in command && tab === undefined) return;
    if (command.do === 'wait') {
      pass(command.ms, true);
      tell({ kind: 'beat', at });
    } else if (command.do === 'sleep') {
      pass(command.ms, false);
      tell({ kind: 'beat', at });
    } else if (command.do === 'open') {
      const opened: ModelTab = { id: nextId, windowId: command.windowId, active: false, url: command.page, audible: false, done: null };
      nextId += 1;
      tabs.push(opened);
      if (command.active) show(opened);
      begin(opened);
      tell({ kind: 'tab', at, tab: seen(opened) });
    } else if (command.do === 'navigate' && tab !== undefined) {
      if (tab.url !== command.page) end(tab);
      tab.url = command.page;
      begin(tab);
      tell({ kind: 'tab', at, tab: seen(tab) });
    } else if (command.do === 'sound' && tab !== undefined) {
      tab.audible = !tab.audible;
      tell({ kind: 'tab', at, tab: seen(tab) });
    } else if (command.do === 'activate' && tab !== undefined) {
      show(tab);
      tell({ kind: 'activated', at, tabId: tab.id, windowId: tab.windowId });
    } else if (command.do === 'close' && tab !== undefined) {
      end(tab);
      tabs = tabs.filter((other) => other !== tab);
      tell({ kind: 'closed', at, tabId: tab.id });
    } else if (command.do === 'focus') {
      focused = command.windowId;
      tell({ kind: 'focus', at, windowId: focused });
    } else if (command.do === 'idle') {
      idle = command.state;
      tell({ kind: 'idle', at, state: idle });
    } else if (command.do === 'missed') snapshot();
    else if (command.do === 'restart') {
      for (const tab of tabs) end(tab);
      at += 5_000;
      session += 1;
      // Ids are given out anew; the pages are restored.
      tabs = tabs.map((tab, index) => ({ ...tab, id: index + 1, done: null }));
      nextId = tabs.length + 1;
      for (const tab of tabs) begin(tab);
      snapshot();
    } else if (command.do === 'pause') {
      recording = command.recording;
      for (const tab of tabs) recording ? begin(tab) : end(tab);
      snapshot();
    }
  };
  snapshot();
  for (const command of list) act(command);
  return { done, at };
};
