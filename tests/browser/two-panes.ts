import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { openChromium, openPage, type WatchedPage } from './chromium.ts';
import { type Pane, paneOf } from './pane.ts';
import { type Server, startServer } from './server.ts';

export interface TwoPanes {
  readonly page: Page;
  readonly server: Server;
  readonly left: Pane;
  readonly right: Pane;
}

export interface TwoPanesOptions {
  readonly width?: number;
  /** What may go wrong in these tests, because they make it go wrong. */
  readonly expected?: RegExp;
}

/**
 * Gives each test of a file a fresh server and a fresh page, and fails a test in whose page anything went wrong:
 * an error or a warning in the console, a failed request, an answer of 400 or more.
 */
export const useTwoPanes = (options: TwoPanesOptions = {}): (() => TwoPanes) => {
  let browser: Browser;
  let server: Server;
  let watched: WatchedPage;
  beforeAll(async () => {
    browser = await openChromium();
  });
  beforeEach(async () => {
    server = await startServer();
    watched = await openPage(browser, server.url, options);
    await paneOf(watched.page, 'left').waitForStatus('Synced');
    await paneOf(watched.page, 'right').waitForStatus('Synced');
  });
  afterEach(async () => {
    await watched.context.close();
    await server.stop();
    expect(watched.troubles.filter((trouble) => options.expected?.test(trouble) !== true)).toEqual([]);
  });
  afterAll(async () => browser.close());
  return () => ({ page: watched.page, server, left: paneOf(watched.page, 'left'), right: paneOf(watched.page, 'right') });
};
