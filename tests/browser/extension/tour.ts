import type { Page } from 'playwright-core';
import { createDiary, type Moment } from './diary.ts';
import { eventually } from './eventually.ts';
import type { ExtensionBrowser, KeptTab } from './extension-browser.ts';
import type { Sites } from './sites.ts';

/** Time that a person spends on a page. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Does something, waits until the extension has kept what follows from it, and answers when it happened. */
const timedIn = async (
  browser: ExtensionBrowser,
  act: () => Promise<unknown>,
  isKept: (tabs: readonly KeptTab[]) => boolean = () => true,
): Promise<Moment> => {
  const from = Date.now();
  await act();
  await eventually(async () => isKept((await browser.kept()).tabs)).toBe(true);
  return { from, to: Date.now() };
};

const isAt = (url: string) => (kept: readonly KeptTab[]) => kept.some((tab) => tab.url === url);

/** A page goes on to another one by itself, without the network, as those of an app do. */
const turn = async (browser: ExtensionBrowser, page: Page, path: string): Promise<{ readonly url: string; readonly at: Moment }> => {
  const { href: url } = new URL(path, page.url());
  const title = `Page ${path}`;
  const script = `history.pushState(null, '', ${JSON.stringify(url)}); document.title = ${JSON.stringify(title)}`;
  const isKept = (kept: readonly KeptTab[]) => kept.some((tab) => tab.url === url && tab.title === title);
  return { url, at: await timedIn(browser, () => page.evaluate(script), isKept) };
};

/** Browses numbered pages, and keeps a diary of it. Tabs have names. */
export const createTour = (sites: Sites, first: ExtensionBrowser) => {
  const diary = createDiary();
  const tabs = new Map<string, Page>();
  let browser = first;
  const nextPath = (): string => `/page-${diary.entries.length + 1}`;
  const nextPage = (site: string): string => sites.page(site, nextPath());
  const tabOf = (name: string): Page => {
    const tab = tabs.get(name);
    if (tab === undefined) throw new Error(`no tab ${name}`);
    return tab;
  };
  const timed = (act: () => Promise<unknown>, isKept?: (tabs: readonly KeptTab[]) => boolean) => timedIn(browser, act, isKept);
  const go = async (tab: string, site: string): Promise<void> => {
    const url = nextPage(site);
    diary.go(tab, url, await timed(() => tabOf(tab).goto(url, { waitUntil: 'commit' }), isAt(url)));
  };
  const lookAt = async (tab: string): Promise<void> => diary.lookAt(tab, await timed(() => browser.lookAt(tabOf(tab))));
  return {
    ...{ diary, go, lookAt },
    count: () => diary.entries.length,
    /** The page of the tab goes on by itself, without the network. */
    turn: async (tab: string): Promise<void> => {
      const { url, at } = await turn(browser, tabOf(tab), nextPath());
      diary.go(tab, url, at);
    },
    /** Opens a tab with a page and looks at it. */
    open: async (tab: string, site: string): Promise<void> => {
      // From here on the page before is out of sight.
      const opened = await timed(async () => tabs.set(tab, await browser.context.newPage()));
      await go(tab, site);
      const shown = await timed(() => browser.lookAt(tabOf(tab)));
      diary.lookAt(tab, { from: opened.from, to: shown.to });
    },
    openWindow: async (tab: string, site: string): Promise<void> => {
      const url = nextPage(site);
      const opened = browser.context.waitForEvent('page');
      const create = `chrome.windows.create({ url: ${JSON.stringify(url)}, focused: true }).then(() => null)`;
      const at = await timed(() => browser.inExtension(create), isAt(url));
      diary.go(tab, url, at);
      tabs.set(tab, await opened);
      const shown = await timed(() => browser.lookAt(tabOf(tab)));
      diary.lookAt(tab, { from: at.from, to: shown.to });
    },
    close: async (tab: string): Promise<void> => {
      const url = tabOf(tab).url();
      const at = await timed(
        () => tabOf(tab).close(),
        (kept) => !isAt(url)(kept),
      );
      diary.close(tab, at);
    },
    /** Nobody is at the machine for a while. */
    leaveFor: async (ms: number, tab: string): Promise<void> => {
      diary.lookAt(undefined, await timed(() => browser.lockScreen(true)));
      await pause(ms);
      diary.lookAt(tab, await timed(() => browser.lockScreen(false)));
    },
    /** The browser ends by this, while a page is looked at. */
    end: async (by: (browser: ExtensionBrowser) => Promise<void>): Promise<void> => {
      const from = await browser.signOfLife();
      await by(browser);
      diary.end({ from, to: Date.now() });
    },
    /** The browser has ended, and goes on as another process. */
    goOnWith: (next: ExtensionBrowser): void => {
      tabs.clear();
      browser = next;
    },
  };
};
export type Tour = ReturnType<typeof createTour>;
