/// <reference types="chrome" />
/** What pages of the extension ask of the browser. */
import { isJsonObject, refuse } from '@tidemark/protocol';
import { type Answer, CHANGED, type Request } from '../worker/messages.ts';

const isAnswer = (value: unknown): value is Answer => isJsonObject(value) && typeof value.ok === 'boolean';

/** Asks the worker, which the browser starts for it where it does not run. */
export const ask = async (request: Request): Promise<Answer> => {
  try {
    const answer: unknown = await chrome.runtime.sendMessage(request);
    if (isAnswer(answer)) return answer;
  } catch {
    // Answered below: the worker was stopped while it worked.
  }
  return refuse('UNAVAILABLE', 'The extension was interrupted. Try again.');
};

/** Calls `listener` when something may have changed. */
export const onChanged = (listener: () => void): void => {
  chrome.runtime.onMessage.addListener((message: unknown) => {
    if (message === CHANGED) listener();
  });
};

/** Address of the page that the window shows; undefined where it is none of the web. */
export const currentAddress = async (): Promise<URL | undefined> => {
  const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
  return tab?.url !== undefined && /^https?:/.test(tab.url) && !tab.incognito ? new URL(tab.url) : undefined;
};

export const openOptions = (): void => void chrome.runtime.openOptionsPage();

export const now = (): number => Date.now();

export const every = (periodMs: number, act: () => void): void => void setInterval(act, periodMs);

/** Offers JSON to the person as a file. */
export const download = (fileName: string, value: unknown): void => {
  const url = URL.createObjectURL(new Blob([JSON.stringify(value, null, 2)], { type: 'application/json' }));
  Object.assign(document.createElement('a'), { href: url, download: fileName }).click();
  URL.revokeObjectURL(url);
};
