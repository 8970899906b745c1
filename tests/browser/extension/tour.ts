import type { Page } from 'playwright-core';
import { createDiary } from './diary.ts';
import type { ExtensionBrowser } from './extension-browser.ts';
import type { Sites } from './sites.ts';

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Browses numbered pages, and keeps a diary of it. Tabs have names. */
export const createTour = (sites: Sites, first: ExtensionBrowser) => {
  const diary = createDiary();
  const tabs = new Map<string, Page>();
  let browser = first;
  let count = 0;
  const nextPage = (site: string): string => {
    count += 1;
    return sites.page(site, `/page-${count}`);
  };
  const tabOf = (name: string): Page => {
    const tab = tabs.get(name);
    if (tab === undefined) throw new Error(`no tab ${name}`);
    return tab;
  };
  const go = async (tab: string, site: string): Promise<void> => {
    const url = nextPage(site);
    // The visit begins when the browser shows the page, not when that has loaded.
    await tabOf(tab).goto(url, { waitUntil: 'commit' });
    diary.go(tab, url);
  };
  const lookAt = async (tab: string): Promise<void> => {
    await browser.lookAt(tabOf(tab));
    diary.lookAt(tab);
  };
  return {
    ...{ diary, go, lookAt },
    count: () => count,
    /** Opens a tab with a page and looks at it. */
    open: async (tab: string, site: string): Promise<void> => {
      tabs.set(tab, await browser.context.newPage());
      await go(tab, site);
      diary.lookAt(tab);
    },
    openWindow: async (tab: string, site: string): Promise<void> => {
      const url = nextPage(site);
      const opened = browser.context.waitForEvent('page');
      await browser.inExtension(`chrome.windows.create({ url: ${JSON.stringify(url)}, focused: true }).then(() => null)`);
      const page = await opened;
      diary.go(tab, url);
      tabs.set(tab, page);
      await page.waitForURL(url, { waitUntil: 'commit' });
      await lookAt(tab);
    },
    close: async (tab: string): Promise<void> => {
      await tabOf(tab).close();
      diary.close(tab);
    },
    /** Nobody is at the machine for a while. */
    leaveFor: async (ms: number, tab: string): Promise<void> => {
      await browser.setIdle('idle');
      diary.lookAt(undefined);
      await pause(ms);
      await browser.setIdle('active');
      diary.lookAt(tab);
    },
    /** The browser has ended, and goes on as another process. */
    goOnWith: (next: ExtensionBrowser): void => {
      tabs.clear();
      browser = next;
    },
  };
};
export type Tour = ReturnType<typeof createTour>;
