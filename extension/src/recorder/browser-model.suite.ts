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

/** The browser, and what was done in it. */
interface Model {
  at: number;
  session: number;
  tabs: ModelTab[];
  nextId: number;
  focused: number | null;
  idle: IdleState;
  recording: boolean;
  readonly done: Done[];
}

const seenOf = ({ id, windowId, active, url, audible }: ModelTab): SeenTab => {
  return { id, windowId, active, url, audible, title: `Title of ${url}`, incognito: windowId === INCOGNITO_WINDOW };
};

const lookAt = ({ at, session, tabs, focused, idle, recording }: Model): BrowserEvent<'snapshot'> => ({
  ...{ kind: 'snapshot', at, session: `run ${session}`, tabs: tabs.map(seenOf), focused, idle },
  rules: { recording, excluded: EXCLUDED },
});

const end = ({ at }: Model, tab: ModelTab): void => {
  if (tab.done !== null) tab.done.end = at;
  tab.done = null;
};

const begin = ({ at, recording, done }: Model, tab: ModelTab): void => {
  if (!recording || tab.windowId === INCOGNITO_WINDOW || !isRecorded(tab.url) || tab.done !== null) return;
  tab.done = { tabId: tab.id, url: tab.url, start: at, end: null, active: 0 };
  done.push(tab.done);
};

const pass = (model: Model, ms: number, awake: boolean): void => {
  const viewed = model.tabs.find((tab) => tab.active && tab.windowId === model.focused);
  const attends = model.idle === 'active' || (model.idle === 'idle' && viewed?.audible === true);
  if (awake && attends && viewed?.done) viewed.done.active += ms;
  model.at += ms;
};

const show = ({ tabs }: Model, tab: ModelTab): void => {
  for (const other of tabs) if (other.windowId === tab.windowId) other.active = other === tab;
};

const navigate = (model: Model, tab: ModelTab, page: string): void => {
  if (tab.url !== page) end(model, tab);
  tab.url = page;
  begin(model, tab);
};

const open = (model: Model, { windowId, page, active }: Command & { readonly do: 'open' }): ModelTab => {
  const tab: ModelTab = { id: model.nextId, windowId, active: false, url: page, audible: false, done: null };
  model.nextId += 1;
  model.tabs.push(tab);
  if (active) show(model, tab);
  begin(model, tab);
  return tab;
};

/** The browser is gone for five seconds; its pages are restored, in tabs whose ids are given out anew. */
const restart = (model: Model): void => {
  for (const tab of model.tabs) end(model, tab);
  model.at += 5_000;
  model.session += 1;
  model.tabs = model.tabs.map((tab, index) => ({ ...tab, id: index + 1, done: null }));
  model.nextId = model.tabs.length + 1;
  for (const tab of model.tabs) begin(model, tab);
};

/** Does what concerns one tab, and answers the event that a browser emits then. */
const actOnTab = (model: Model, command: Command & { readonly nth: number }, tab: ModelTab): BrowserEvent => {
  const { at } = model;
  if (command.do === 'activate') {
    show(model, tab);
    return { kind: 'activated', at, tabId: tab.id, windowId: tab.windowId };
  }
  if (command.do === 'close') {
    end(model, tab);
    model.tabs = model.tabs.filter((other) => other !== tab);
    return { kind: 'closed', at, tabId: tab.id };
  }
  if (command.do === 'navigate') navigate(model, tab, command.page);
  else tab.audible = !tab.audible;
  return { kind: 'tab', at, tab: seenOf(tab) };
};

/** Does what a command says; answers the event, or undefined where there is nothing to do it with. */
const act = (model: Model, command: Command): BrowserEvent | undefined => {
  if ('nth' in command) {
    const tab = model.tabs[command.nth % Math.max(1, model.tabs.length)];
    return tab === undefined ? undefined : actOnTab(model, command, tab);
  }
  if (command.do === 'open') return { kind: 'tab', at: model.at, tab: seenOf(open(model, command)) };
  if (command.do === 'wait' || command.do === 'sleep') {
    pass(model, command.ms, command.do === 'wait');
    return { kind: 'beat', at: model.at };
  }
  if (command.do === 'focus') {
    model.focused = command.windowId;
    return { kind: 'focus', at: model.at, windowId: model.focused };
  }
  if (command.do === 'idle') {
    model.idle = command.state;
    return { kind: 'idle', at: model.at, state: model.idle };
  }
  if (command.do === 'restart') restart(model);
  if (command.do === 'pause') {
    model.recording = command.recording;
    for (const tab of model.tabs) command.recording ? begin(model, tab) : end(model, tab);
  }
  return lookAt(model);
};

/** Plays commands; `emit` gets the events, each with everything there is to see then. Answers what was done. */
export const play = (
  list: readonly Command[],
  emit: (event: BrowserEvent, world: BrowserEvent<'snapshot'>) => void,
): { readonly done: readonly Done[] } => {
  const done: Done[] = [];
  const model: Model = {
    ...{ at: 1_700_000_000_000, session: 1, tabs: [], nextId: 1, focused: 1, idle: 'active', recording: true, done },
  };
  emit(lookAt(model), lookAt(model));
  for (const command of list) {
    const event = act(model, command);
    if (event !== undefined) emit(event, lookAt(model));
  }
  return { done };
};
