import { existsSync, readFileSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

// Without the flags about background work, Chromium asks Google's hosts for things at every start.
export const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The program of a real Chromium: the one that CHROMIUM names, or Debian's. */
export const chromiumProgram = (): string => {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  if (!existsSync(executablePath)) {
    throw new Error(
      `There is no Chromium at ${executablePath}. Install it (Debian: apt-get install chromium) or name another in CHROMIUM.`,
    );
  }
  return executablePath;
};

export const openChromium = async (): Promise<Browser> => chromium.launch({ executablePath: chromiumProgram(), args: FLAGS });

/** A page that keeps account of what went wrong in it. */
export interface WatchedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors, warnings and failed requests so far, in words. */
  readonly troubles: string[];
}

/** A live stream is ended by the client itself, when it goes offline or the page closes. */
const isOwnEnd = (url: string, why: string | undefined): boolean => url.includes('/sync/live') && why === 'net::ERR_ABORTED';

/** Opens the two panes in a fresh profile. */
export const openPage = async (browser: Browser, url: string, options: { readonly width?: number } = {}): Promise<WatchedPage> => {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: 860 },
    colorScheme: 'light',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) troubles.push(`${message.type()}: ${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => troubles.push(`uncaught: ${error.message}`));
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText;
    if (!isOwnEnd(request.url(), why)) troubles.push(`request failed: ${request.url()} ${why}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) troubles.push(`answer ${response.status()}: ${response.url()}`);
  });
  await page.goto(url);
  return { page, context, troubles };
};

/** The JSON file that the page offers when `act` is done. */
export const downloadFrom = async (page: Page, act: () => Promise<void>): Promise<unknown> => {
  const [download] = await Promise.all([page.waitForEvent('download'), act()]);
  return JSON.parse(readFileSync(await download.path(), 'utf8'));
};
